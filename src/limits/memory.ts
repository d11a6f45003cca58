import { LRUCache } from 'lru-cache'
import type { Counter } from './counter.js'

/** Milliseconds of a window, and how much is remembered. */
export interface MemoryOptions {
  windowMs: number
  /** Keys; beyond it the least recent is forgotten. */
  maxKeys?: number
  clock?: { now: () => number }
}

/** Counts in the memory of this process. */
export function createMemoryCounter ({ windowMs, maxKeys = 20_000, clock = performance }: MemoryOptions): Counter {
  const counts = new LRUCache<string, number>({ max: maxKeys, ttl: windowMs, ttlResolution: 0, perf: clock })

  return {
    async add (key) {
      const used = (counts.get(key) ?? 0) + 1
      counts.set(key, used, { noUpdateTTL: true })
      return { used, resetMs: counts.getRemainingTTL(key) }
    },
  }
}
