import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/followed-secret.js'

/** A clock that stands still until it is told to go on. */
export function manualClock (): Clock & { advance (ms: number): Promise<void> } {
  let now = 0
  let waiting: Array<{ at: number, wake: () => void }> = []
  return {
    now: () => now,
    wait: (ms) => new Promise<void>((resolve) => waiting.push({ at: now + ms, wake: resolve })),
    /** Lets time pass, and whatever was waiting for it come to rest. */
    async advance (ms) {
      now += ms
      const due = waiting.filter(({ at }) => at <= now)
      waiting = waiting.filter(({ at }) => at > now)
      for (const { wake } of due) wake()
      await setImmediate()
    },
  }
}
