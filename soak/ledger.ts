import type { Breaches } from './breaches.js'
import type { Outcome } from './faults/fault.js'
import { heldUp } from './faults/held-up.js'
import { Lines, numberIn } from './lines.js'
import type { Answer } from './load/answer.js'
import type { Broken } from './load/connection.js'
import type { Prepared } from './load/kinds.js'
import { faultOf, outcomeOf } from './load/outcome.js'
import type { Call } from './parts/apideck.js'
import { Tally } from './tally.js'
import type { Weather } from './weather.js'

/**
 * Milliseconds: within the first an answer is due with nothing wrong, and after the second it counts as lost. What looks
 * wrong is judged after the third, since that the machine had no time is noticed later.
 */
export const BOUNDS = { dueMs: 5_000, lostMs: 20_000, doubtMs: 2_000 }

/** Calls upstream that one request may make: one, and one retry. */
const MOST_CALLS = 2

/** Calls upstream beyond one for each request: retries are a tenth, and some more may be saved up. */
const MORE_CALLS = { share: 0.11, saved: 100 }

/** A request on its way. */
export interface Entry {
  number: number
  request: Prepared
  sentAt: number
}

interface Doubt { entry: Entry, outcome: Outcome, at: number }

/** The account of all requests: what was sent must come back, once, in time and as it ought to. */
export class Ledger {
  readonly #breaches: Breaches
  readonly #weather: Weather
  readonly #open = new Map<number, Entry>()
  readonly #calls = new Tally()
  #doubts: Doubt[] = []
  /** Closed without a byte: whether they were taken at all, the log will tell. */
  readonly #untold: Doubt[] = []
  readonly lines: Lines
  readonly outcomes = new Map<string, number>()
  calls = 0
  /** Requests that made a call upstream. */
  callers = 0
  abandoned = 0
  /** Answers other than usual, for which nothing but a busy machine is to blame. */
  excused = 0
  lastOverloadAt = -Infinity
  /** When an answer last was another than usual. */
  lastTroubleAt = -Infinity

  constructor (breaches: Breaches, weather: Weather) {
    this.#breaches = breaches
    this.#weather = weather
    this.lines = new Lines(breaches)
  }

  get underway (): number {
    return this.#open.size
  }

  /** The number of the next request, which is also in its mark and its ID. */
  get next (): number {
    return this.lines.requests
  }

  send (request: Prepared): Entry {
    const entry = { number: this.lines.expect(request.kind), request, sentAt: performance.now() }
    this.#open.set(entry.number, entry)
    return entry
  }

  answered (entry: Entry, answer: Answer): void {
    this.#open.delete(entry.number)
    const at = performance.now()
    const { kind } = entry.request
    const outcome = outcomeOf(answer)
    this.#count(entry, outcome)
    if (outcome === '503 overloaded') {
      this.lastOverloadAt = at
      this.lines.excuse(entry.number, 'counted')
    }
    if (outcome !== kind.outcome) this.lastTroubleAt = at
    if (outcome !== kind.outcome || at - entry.sentAt > BOUNDS.dueMs) this.#doubts.push({ entry, outcome, at })
    const fault = faultOf(answer, entry.request, outcome === kind.outcome)
    if (fault !== undefined) this.#breaches.add('stray', this.#describe(entry, fault), fault)
  }

  /** No answer came, or a part of one. */
  broken (entry: Entry, { why, received }: Broken): void {
    this.#open.delete(entry.number)
    if (received === 0 && why === 'closed') this.#untold.push({ entry, outcome: 'not taken', at: performance.now() })
    else this.#lose(entry, `${why} after ${received} bytes`, why)
  }

  /** Never sent, since nobody listened. */
  refused (entry: Entry): void {
    this.#open.delete(entry.number)
    this.#settleNotTaken({ entry, outcome: 'not taken', at: performance.now() })
  }

  /** Whoever sent it has left. */
  left (entry: Entry): void {
    this.#open.delete(entry.number)
    this.lines.excuse(entry.number, 'left')
    this.abandoned++
  }

  called ({ mark }: Call): void {
    this.calls++
    const number = numberIn(mark) ?? -1
    const kind = this.lines.kindOf(number)
    if (kind?.reach !== 'upstream') return this.#breaches.add('calls', `request ${number} (${kind?.name}) went upstream`)
    const calls = this.#calls.add(number)
    if (calls === 1) this.callers++
    const now = performance.now()
    if (calls <= MOST_CALLS + this.#weather.moreCalls(now - BOUNDS.dueMs, now)) return
    this.#breaches.add('calls', `request ${number} went upstream ${calls} times; on: ${this.#weather.names(now - BOUNDS.dueMs, now)}`, `${calls} times`)
  }

  /** Judges what looked wrong some time ago, or all of it. */
  judge (isAll = false): void {
    const until = isAll ? Infinity : performance.now() - BOUNDS.doubtMs
    for (const { entry, outcome, at } of this.#doubts.filter(({ at }) => at <= until)) {
      const { kind } = entry.request
      if (outcome !== kind.outcome) {
        const excuses = this.#weather.excuses(outcome, kind.reach, entry.sentAt, at)
        if (excuses.length === 0) this.#breaches.add('wrong', this.#describe(entry, `${outcome} instead of ${kind.outcome}`), outcome)
        else if (excuses.every((fault) => fault === heldUp)) this.excused++
      }
      const took = at - entry.sentAt
      if (took > BOUNDS.dueMs + this.#weather.slowerMs(entry.sentAt, at)) {
        this.#breaches.add('late', this.#describe(entry, `after ${Math.round(took)} ms: ${outcome}`), outcome)
      }
    }
    this.#doubts = this.#doubts.filter(({ at }) => at > until)
    for (const doubt of this.#untold.splice(0)) {
      if (doubt.at > until) this.#untold.push(doubt)
      else if (this.lines.hasLine(doubt.entry.number)) this.#lose(doubt.entry, 'taken, and closed without an answer', 'taken')
      else this.#settleNotTaken(doubt)
    }
  }

  /**
   * Once everything is over and all of the log has been read.
   *
   * @param counted requests that the log counts as refused under load, in place of a line for each
   */
  close (counted: number): void {
    this.judge(true)
    for (const entry of this.#open.values()) this.#lose(entry, 'no end', 'no end')
    const more = this.calls - this.callers
    if (more > this.callers * MORE_CALLS.share + MORE_CALLS.saved) this.#breaches.add('calls', `${more} calls more than the ${this.callers} requests that made any`)
    this.lines.close(counted)
  }

  #settleNotTaken ({ entry, outcome, at }: Doubt): void {
    this.#count(entry, outcome)
    this.lines.excuse(entry.number, 'left')
    // A connection is closed whatever was to come over it: nothing is allowed to probes only.
    if (this.#weather.allows(outcome, 'upstream', entry.sentAt, at)) return
    this.#breaches.add('lost', this.#describe(entry, 'not taken: closed or refused before it was read'), outcome)
  }

  #lose (entry: Entry, how: string, sort: string): void {
    this.#count(entry, 'lost')
    this.#breaches.add('lost', this.#describe(entry, how), sort)
  }

  #count ({ request: { kind } }: Entry, outcome: string): void {
    const name = `${kind.name}: ${outcome}`
    this.outcomes.set(name, (this.outcomes.get(name) ?? 0) + 1)
  }

  #describe ({ number, request: { kind }, sentAt }: Entry, what: string): string {
    return `request ${number} (${kind.name}) at ${(sentAt / 1000).toFixed(1)} s: ${what}; on: ${this.#weather.names(sentAt, performance.now())}`
  }
}
