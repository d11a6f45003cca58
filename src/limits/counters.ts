import type { Watcher } from '../availability.js'
import type { Secret } from '../secret.js'
import type { Counter } from './counter.js'
import { createFallback } from './fallback.js'
import { createMemoryCounter } from './memory.js'
import { createRedis } from './redis.js'

/** The counters of all limits. */
export interface Counters {
  sessions: Counter
  failedAuthentications: Counter
  close (): void
}

/** Where to count. */
export interface CountersOptions {
  windowMs: number
  /** Shares the counts among replicas. Without it, each counts in its own memory. */
  redisUrl?: Secret | undefined
  /** Makes the watcher of Redis, where there is one. */
  watcher: () => Watcher
  /** Hears of each count where it was made, where there is Redis. */
  counted?: ((store: 'redis' | 'memory') => void) | undefined
}

/** Makes the counters; with Redis, once that is connected or does not answer. */
export async function createCounters ({ windowMs, redisUrl, watcher, counted }: CountersOptions): Promise<Counters> {
  const [sessions, failedAuthentications] = [createMemoryCounter({ windowMs }), createMemoryCounter({ windowMs })]
  if (redisUrl === undefined) return { sessions, failedAuthentications, close: () => {} }

  const redis = createRedis(redisUrl)
  const failure = await redis.connect()
  const withFallback = createFallback({ watcher: watcher(), failure, counted })
  return {
    sessions: withFallback(redis.counter('session', windowMs), sessions),
    failedAuthentications: withFallback(redis.counter('authentication', windowMs), failedAuthentications),
    close: () => redis.close(),
  }
}
