import type { Breaches } from './breaches.js'
import type { Reach } from './faults/fault.js'
import type { Answer } from './load/answer.js'
import type { Kind, Prepared } from './load/kinds.js'
import { faultOf, outcomeOf } from './load/outcome.js'
import type { Call } from './parts/apideck.js'
import { Tally } from './tally.js'
import type { Weather } from './weather.js'

/** Milliseconds: within the first an answer is due with nothing wrong, and after the second it counts as lost. */
export const BOUNDS = { dueMs: 5_000, lostMs: 20_000 }

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

interface Expectation { kind: Kind, isOptional: boolean }

/** The account of all requests: what was sent must come back, once, in time and as it ought to. */
export class Ledger {
  readonly #breaches: Breaches
  readonly #weather: Weather
  readonly #kinds: Expectation[] = []
  readonly #open = new Map<number, Entry>()
  readonly #calls = new Tally()
  readonly #lines = new Tally()
  readonly #audits = new Tally()
  /** Closed without a byte: whether they were taken at all, the log will tell. */
  readonly #untold: Array<Entry & { failedAt: number }> = []
  readonly outcomes = new Map<string, number>()
  calls = 0
  /** Requests that made a call upstream. */
  callers = 0
  abandoned = 0
  lastOverloadAt = -Infinity
  /** When an answer last was another than usual. */
  lastTroubleAt = -Infinity

  constructor (breaches: Breaches, weather: Weather) {
    this.#breaches = breaches
    this.#weather = weather
  }

  get requests (): number {
    return this.#kinds.length
  }

  get underway (): number {
    return this.#open.size
  }

  /** The number of the next request, which is also in its mark and its ID. */
  get next (): number {
    return this.#kinds.length
  }

  send (request: Prepared): Entry {
    const entry = { number: this.next, request, sentAt: performance.now() }
    this.#kinds.push({ kind: request.kind, isOptional: false })
    this.#open.set(entry.number, entry)
    return entry
  }

  answered (entry: Entry, answer: Answer): void {
    this.#open.delete(entry.number)
    const now = performance.now()
    const { kind } = entry.request
    const outcome = outcomeOf(answer)
    this.#count(`${kind.name}: ${outcome}`)
    if (outcome === '503 overloaded') this.lastOverloadAt = now
    if (outcome !== kind.outcome) this.lastTroubleAt = now
    if (outcome !== kind.outcome && !this.#weather.allows(outcome, kind.reach, entry.sentAt, now)) {
      this.#breaches.add('wrong', this.#describe(entry, `${outcome} instead of ${kind.outcome}`), outcome)
    }
    const fault = faultOf(answer, entry.request, outcome === kind.outcome)
    if (fault !== undefined) this.#breaches.add('stray', this.#describe(entry, fault), fault)
    const late = now - entry.sentAt - BOUNDS.dueMs - this.#weather.slowerMs(entry.sentAt, now)
    if (late > 0) this.#breaches.add('late', this.#describe(entry, `after ${Math.round(now - entry.sentAt)} ms: ${outcome}`), outcome)
  }

  /** No answer came, or a part of one. */
  broken (entry: Entry, how: { why: string, received: number }): void {
    this.#open.delete(entry.number)
    if (how.received === 0 && how.why === 'closed') {
      this.#untold.push({ ...entry, failedAt: performance.now() })
      return
    }
    this.#count(`${entry.request.kind.name}: lost`)
    this.#breaches.add('lost', this.#describe(entry, `${how.why} after ${how.received} bytes`), how.why)
  }

  /** Never sent, since nobody listened. */
  refused (entry: Entry): void {
    this.#open.delete(entry.number)
    this.#expect(entry, true)
    this.#settleNotTaken(entry, performance.now())
  }

  /** Whoever sent it has left. */
  left (entry: Entry): void {
    this.#open.delete(entry.number)
    this.#expect(entry, true)
    this.abandoned++
  }

  called ({ mark }: Call): void {
    const number = numberIn(mark)
    this.calls++
    if (number === undefined) return this.#breaches.add('calls', `a call without a mark: ${mark}`)
    const calls = this.#calls.add(number)
    if (calls === 1) this.callers++
    const reach: Reach | undefined = this.#kinds[number]?.kind.reach
    if (reach !== 'upstream') this.#breaches.add('calls', `request ${number} (${this.#kinds[number]?.kind.name}) went upstream`, 'not to')
    const now = performance.now()
    if (calls > MOST_CALLS + this.#weather.moreCalls(now - BOUNDS.dueMs, now)) {
      this.#breaches.add('calls', `request ${number} went upstream ${calls} times; on: ${this.#weather.names(now - BOUNDS.dueMs, now)}`, `${calls} times`)
    }
  }

  /** A line of the log that is a request's. */
  logged (requestId: string, isAudit: boolean): void {
    const number = numberIn(requestId)
    if (number !== undefined) (isAudit ? this.#audits : this.#lines).add(number)
  }

  /** Once everything is over and all of the log has been read. */
  close (): void {
    const more = this.calls - this.callers
    if (more > this.callers * MORE_CALLS.share + MORE_CALLS.saved) this.#breaches.add('calls', `${more} calls more than the ${this.callers} requests that made any`)
    for (const entry of this.#open.values()) this.#breaches.add('lost', this.#describe(entry, 'no end'), 'no end')
    for (const { failedAt, ...entry } of this.#untold) {
      if (this.#lines.of(entry.number) === 0) {
        this.#expect(entry, true)
        this.#settleNotTaken(entry, failedAt)
      } else {
        this.#count(`${entry.request.kind.name}: lost`)
        this.#breaches.add('lost', this.#describe(entry, `taken, and closed without an answer after ${Math.round(failedAt - entry.sentAt)} ms`), 'taken')
      }
    }
    for (const [number, { kind, isOptional }] of this.#kinds.entries()) {
      const [lines, audits] = [this.#lines.of(number), this.#audits.of(number)]
      const isRight = (count: number, expected: number) => count === expected || (isOptional && count < expected)
      if (isRight(lines, kind.isQuiet ? 0 : 1) && isRight(audits, kind.isAudited ? 1 : 0)) continue
      this.#breaches.add('lines', `request ${number} (${kind.name}): ${lines} lines, ${audits} audit events`, `${kind.name}: ${lines}, ${audits}`)
    }
  }

  #settleNotTaken (entry: Entry, failedAt: number): void {
    this.#count(`${entry.request.kind.name}: not taken`)
    if (this.#weather.allows('not taken', 'probe', entry.sentAt, failedAt)) return
    this.#breaches.add('lost', this.#describe(entry, 'not taken: closed or refused before it was read'), 'not taken')
  }

  #expect ({ number, request: { kind } }: Entry, isOptional: boolean): void {
    this.#kinds[number] = { kind, isOptional }
  }

  #count (outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
  }

  #describe ({ number, request, sentAt }: Entry, what: string): string {
    return `request ${number} (${request.kind.name}) at ${(sentAt / 1000).toFixed(1)} s: ${what}; on: ${this.#weather.names(sentAt, performance.now())}`
  }
}

/** Of `s-12`, 12. */
function numberIn (mark: string): number | undefined {
  return /^s-\d+$/.test(mark) ? Number(mark.slice(2)) : undefined
}
