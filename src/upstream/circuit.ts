import { Availability, type Watcher } from '../availability.js'
import { BrokerError } from '../errors.js'

/** What became of a call. `neither`: it was given up, and says nothing of the upstream. */
export type Verdict = { failure: string } | 'answered' | 'neither'

/** Who is told, and what the circuit is given in tests. */
export interface CircuitOptions {
  watcher: Watcher
  /** Milliseconds, on a clock that nobody sets back. */
  now: () => number
  /** From 0 to 1. */
  random?: () => number
}

/** Opens where at least so many calls ended in the window and this share of them failed. Milliseconds. */
const OPENS = { windowMs: 10_000, calls: 20, share: 0.5 }

/** Stays open for so long, twice as long after each probe that fails, up to a cap; less up to half, by chance. */
const STAYS_OPEN = { firstMs: 1_000, capMs: 30_000 }

/** Parts of the window, each forgotten as a whole. */
const PARTS = 10

interface Part { since: number, calls: number, failures: number }

export const circuitStates = ['closed', 'open', 'half_open'] as const

/** `half_open`: one call finds out, or the next will. */
export type CircuitState = typeof circuitStates[number]

/** Keeps calls away from an upstream that fails, and finds out with one call at a time whether it still does. */
export interface Circuit {
  /**
   * Lets a call pass, which is to say in the end what became of it.
   *
   * @throws BrokerError `overloaded` where the circuit is open
   */
  enter (): (verdict: Verdict) => void
  readonly state: CircuitState
}

export function createCircuit ({ watcher, now, random = Math.random }: CircuitOptions): Circuit {
  const availability = new Availability(watcher, now)
  let parts: Part[] = []
  let open: { until: number, failedProbes: number, isProbing: boolean } | undefined

  function count (isFailure: boolean): Pick<Part, 'calls' | 'failures'> {
    const partMs = OPENS.windowMs / PARTS
    const since = Math.floor(now() / partMs) * partMs
    parts = parts.filter((part) => part.since > since - OPENS.windowMs)
    if (parts.at(-1)?.since !== since) parts.push({ since, calls: 0, failures: 0 })
    for (const part of parts.slice(-1)) {
      part.calls++
      if (isFailure) part.failures++
    }
    return {
      calls: parts.reduce((sum, part) => sum + part.calls, 0),
      failures: parts.reduce((sum, part) => sum + part.failures, 0),
    }
  }

  function openUp (failure: string, failedProbes: number): void {
    const ms = Math.min(STAYS_OPEN.firstMs * 2 ** failedProbes, STAYS_OPEN.capMs)
    open = { until: now() + ms * (1 - random() / 2), failedProbes, isProbing: false }
    availability.lose(failure)
  }

  function close (): void {
    open = undefined
    parts = []
    availability.regain()
  }

  /** For a call that began while the circuit was closed. It may end when that has opened. */
  function settle (verdict: Verdict): void {
    if (verdict === 'neither' || open !== undefined) return
    const { calls, failures } = count(verdict !== 'answered')
    if (verdict !== 'answered' && calls >= OPENS.calls && failures >= calls * OPENS.share) openUp(verdict.failure, 0)
  }

  function settleProbe (verdict: Verdict, failedProbes: number): void {
    if (verdict === 'answered') close()
    else if (verdict === 'neither') open = { until: now(), failedProbes, isProbing: false }
    else openUp(verdict.failure, failedProbes + 1)
  }

  return {
    enter () {
      if (open === undefined) return settle
      const { until, failedProbes, isProbing } = open
      if (isProbing || now() < until) throw refusal(until - now())
      open.isProbing = true
      return (verdict) => settleProbe(verdict, failedProbes)
    },
    get state () {
      if (open === undefined) return 'closed'
      return open.isProbing || now() >= open.until ? 'half_open' : 'open'
    },
  }
}

function refusal (ms: number): BrokerError {
  return new BrokerError('overloaded', { retryAfter: Math.max(Math.ceil(ms / 1000), 1), facts: { overload: 'circuit_open' } })
}
