import type { Watcher } from '../availability.js'
import { createCircuit } from './circuit.js'
import type { Deadline } from './deadline.js'
import type { Exchange } from './dispatcher.js'
import { createRetry } from './retry.js'
import { createSlots } from './slots.js'
import type { Standing } from './upstream.js'
import { verdictOn, verdictOnThrown } from './verdict.js'

/** How much there may be at once, and who hears of the circuit. */
export interface ProtectionOptions {
  /** Calls under way at once. As many again may wait. */
  connections: number
  /** Milliseconds of a whole call. A quarter of it may go into waiting for others. */
  timeoutMs: number
  /** Whether what was thrown is a connection that failed before an answer began. */
  isBeforeAnswer: (error: unknown) => boolean
  watcher: Watcher
  /** Milliseconds, on a clock that nobody sets back. */
  now?: () => number
}

/** What stands between those who ask and the upstream, for the good of both. */
export interface Protection {
  /**
   * Makes an exchange within the circuit, the bound on calls at once, and the budget of retries.
   *
   * @throws BrokerError `overloaded`; whatever the exchange throws
   */
  run (exchange: (isAgain: boolean) => Promise<Exchange>, deadline: Deadline): Promise<Exchange>
  readonly standing: Standing
  /** Whether too many wait for one more. */
  readonly isFull: boolean
}

export function createProtection ({ connections, timeoutMs, isBeforeAnswer, watcher, now = () => performance.now() }: ProtectionOptions): Protection {
  const circuit = createCircuit({ watcher, now })
  const slots = createSlots({ size: connections, waiting: connections, waitMs: timeoutMs / 4 })
  const retry = createRetry({ isBeforeAnswer })

  return {
    async run (exchange, deadline) {
      const settle = circuit.enter()
      try {
        const answer = await slots.use(deadline.signal, () => retry(exchange, deadline))
        settle(verdictOn(answer))
        return answer
      } catch (error) {
        settle(verdictOnThrown(error))
        throw error
      }
    },
    get standing () {
      return { circuit: circuit.state, inFlight: slots.taken, waiting: slots.waiting }
    },
    get isFull () {
      return slots.isFull
    },
  }
}
