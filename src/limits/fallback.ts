import { Availability, type Watcher } from '../availability.js'
import { CounterFailure, type Counter, type Usage } from './counter.js'

/** What is told of, and how often the shared counters are tried while they fail, in milliseconds. */
export interface FallbackOptions {
  watcher: Watcher
  /** Why they are known to fail from the start, where they do. */
  failure?: string | undefined
  /** Hears of each count where it was made. */
  counted?: ((store: 'redis' | 'memory') => void) | undefined
  probeEveryMs?: number
  now?: () => number
}

/**
 * Makes counters that count in Redis, and in memory while that fails, so that nobody waits for it twice: one request
 * in a while finds out whether it is back. Counts begin anew where they move from one to the other.
 */
export function createFallback ({ watcher, failure, counted = () => {}, probeEveryMs = 1_000, now = () => performance.now() }: FallbackOptions) {
  const availability = new Availability(watcher, now)
  let probeAt = -Infinity
  let inMemory = 0
  if (failure !== undefined) availability.lose(failure)

  return function withFallback (shared: Counter, local: Counter): Counter {
    async function add (key: string): Promise<Usage> {
      if (!availability.isLost || now() >= probeAt) {
        probeAt = now() + probeEveryMs
        try {
          const usage = await shared.add(key)
          availability.regain({ counted_in_memory: inMemory })
          inMemory = 0
          counted('redis')
          return usage
        } catch (error) {
          if (!(error instanceof CounterFailure)) throw error
          availability.lose(error.message)
        }
      }
      inMemory++
      counted('memory')
      return local.add(key)
    }
    return { add }
  }
}
