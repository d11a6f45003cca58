import type { Parts } from '../parts/parts.js'
import type { Random } from '../random.js'

/** How far a request gets: it is a probe's, no further than its headers, to who sends it, or to Apideck. */
export const reaches = ['probe', 'headers', 'identity', 'upstream'] as const

export type Reach = typeof reaches[number]

/** `502 upstream_error`; `not taken` for a connection that closed without a byte, on which the broker read nothing. */
export type Outcome = `${number} ${string}` | 'not taken'

/** Ends a fault that is on. */
export type End = () => void | Promise<void>

/** Something that goes wrong, and what the rest may see of it. */
export interface Fault {
  name: string
  /** Requests that get this far may end in one of `allows`, beside their usual way. */
  touches: Reach
  allows: readonly Outcome[]
  /** Whether the broker has little time while it is on, and what is allowed of others only then. */
  isBusy?: boolean
  allowsWhenBusy?: readonly Outcome[]
  /** Milliseconds that it is on, at least and at most. */
  lastsMs: readonly [number, number]
  /** Milliseconds after its end for which that still holds. */
  lingersMs: number
  /** Milliseconds by which an answer may be slower. */
  slowerMs?: number
  /** Whether the circuit may open: then `503 overloaded` is allowed until its next probe is due. */
  opensCircuit?: boolean
  /** Requests that were sent before it began, and get this far, are none of its business. */
  sparesEarlier?: Reach
  /** Calls upstream that one request may make beyond the usual. */
  moreCalls?: number
  /** Whether this is the moment for it. */
  isPossible?: (parts: Parts) => boolean
  begin (parts: Parts, random: Random): End | Promise<End>
}

/** Milliseconds after which nothing of a fault is left, but for the circuit: the budget of a call upstream, and some. */
export const LINGERS_MS = 4_000
