import { Availability, type Watcher } from '../availability.js'
import type { Counter, Usage } from './counter.js'
import type { RedisFailure } from './redis.js'

/** Who hears of it, and how often the shared counters are tried while they fail, in milliseconds. */
export interface FallbackOptions {
  watcher: Watcher
  probeEveryMs?: number
  now?: () => number
}

/**
 * Makes counters that count in Redis, and in memory while that fails, so that nobody waits for it twice: one request
 * in a while finds out whether it is back. Counts begin anew where they move from one to the other.
 */
export function createFallback ({ watcher, probeEveryMs = 1_000, now = Date.now }: FallbackOptions) {
  const availability = new Availability(watcher, now)
  let probeAt = 0
  let inMemory = 0

  return function withFallback (shared: Counter, local: Counter): Counter {
    async function add (key: string): Promise<Usage> {
      if (!availability.isLost || now() >= probeAt) {
        probeAt = now() + probeEveryMs
        try {
          const usage = await shared.add(key)
          availability.regain({ counted_in_memory: inMemory })
          inMemory = 0
          return usage
        } catch (error) {
          availability.lose((error as RedisFailure).message)
        }
      }
      inMemory++
      return local.add(key)
    }
    return { add }
  }
}
