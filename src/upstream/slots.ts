import { BrokerError } from '../errors.js'

/** How many calls there may be at once, how many may wait for one of them to end, and for how many milliseconds. */
export interface SlotsOptions {
  size: number
  waiting: number
  waitMs: number
}

/** A bound on calls at once, with a short queue. A call that is over or given up frees its slot in that moment. */
export interface Slots {
  /**
   * Makes the call once there is a slot for it.
   *
   * @param signal gives up the wait
   * @throws BrokerError `overloaded` at once where too many wait already, and where the wait takes too long; the
   * signal's reason
   */
  use<T> (signal: AbortSignal, call: () => Promise<T>): Promise<T>
  /** Calls that have a slot. */
  readonly taken: number
  /** Calls that wait. */
  readonly waiting: number
  /** Whether one more call would be refused. */
  readonly isFull: boolean
}

export function createSlots ({ size, waiting, waitMs }: SlotsOptions): Slots {
  let taken = 0
  const queue = new Set<() => void>()
  const isFull = () => taken >= size && queue.size >= waiting

  /** Whether a slot was handed over before the signal came. Those who wait get theirs in the order in which they came. */
  function wait (signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        queue.delete(takeOver)
        clearTimeout(timer)
        signal.removeEventListener('abort', giveUp)
      }
      const takeOver = () => {
        leave()
        resolve(true)
      }
      const giveUp = () => {
        leave()
        resolve(false)
      }
      const timer = setTimeout(() => {
        leave()
        reject(overloaded('waited_too_long'))
      }, waitMs)
      signal.addEventListener('abort', giveUp)
      queue.add(takeOver)
    })
  }

  return {
    async use (signal, call) {
      signal.throwIfAborted()
      if (isFull()) throw overloaded('too_many_wait')
      if (taken < size) taken++
      else if (!await wait(signal)) throw signal.reason
      try {
        return await call()
      } finally {
        const [next] = queue
        if (next === undefined) taken--
        else next()
      }
    },
    get taken () {
      return taken
    },
    get waiting () {
      return queue.size
    },
    get isFull () {
      return isFull()
    },
  }
}

function overloaded (overload: string): BrokerError {
  return new BrokerError('overloaded', { facts: { overload } })
}
