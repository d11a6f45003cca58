import type { Breaches } from './breaches.js'
import type { Kind } from './load/kinds.js'
import { Tally } from './tally.js'

/** How a request may be missing from the log: its client left, or it was one of many that were refused under load. */
type Excuse = 'left' | 'counted'

/** Each request leaves one line and, where it asks for a session, one audit event. */
export class Lines {
  readonly #breaches: Breaches
  readonly #kinds: Kind[] = []
  readonly #excuses = new Map<number, Excuse>()
  readonly #lines = new Tally()
  readonly #audits = new Tally()

  constructor (breaches: Breaches) {
    this.#breaches = breaches
  }

  /** Of the next request. Returns its number. */
  expect (kind: Kind): number {
    return this.#kinds.push(kind) - 1
  }

  excuse (number: number, excuse: Excuse): void {
    this.#excuses.set(number, excuse)
  }

  get requests (): number {
    return this.#kinds.length
  }

  kindOf (number: number): Kind | undefined {
    return this.#kinds[number]
  }

  /** A line of the log that is a request's. */
  logged (requestId: string, isAudit: boolean): void {
    const number = numberIn(requestId)
    if (number !== undefined) (isAudit ? this.#audits : this.#lines).add(number)
  }

  hasLine (number: number): boolean {
    return this.#lines.of(number) > 0
  }

  /**
   * Once all of the log has been read.
   *
   * @param counted requests that it counts as refused under load, in place of a line for each
   */
  close (counted: number): void {
    let silent = 0
    for (const [number, kind] of this.#kinds.entries()) {
      const excuse = this.#excuses.get(number)
      const [lines, audits] = [this.#lines.of(number), this.#audits.of(number)]
      const isRight = (count: number, expected: number) => count === expected || (excuse === 'left' && count < expected)
      if (excuse === 'counted' && lines + audits === 0) silent++
      else if (!isRight(lines, kind.isQuiet === true ? 0 : 1) || !isRight(audits, kind.isAudited ? 1 : 0)) {
        this.#breaches.add('lines', `request ${number} (${kind.name}): ${lines} lines, ${audits} audit events`, `${kind.name}: ${lines}, ${audits}`)
      }
    }
    if (silent > counted) this.#breaches.add('lines', `${silent} requests were refused without a line, and ${counted} counted`)
  }
}

/** Of `s-12`, 12. */
export function numberIn (mark: string): number | undefined {
  return /^s-\d+$/.test(mark) ? Number(mark.slice(2)) : undefined
}
