import type { Breaches } from './breaches.js'
import { leakIn } from './canaries.js'
import type { Ledger } from './ledger.js'

/** What a line of the broker's log has that matters here. */
interface Line { level?: unknown, msg?: unknown, request_id?: unknown, dependency?: unknown, refused?: unknown }

/** The messages of a request's one line. */
const REQUEST = new Set(['request completed', 'request abandoned by the client'])

/** Reads what the brokers write, as they write it. */
export class Log {
  readonly #breaches: Breaches
  readonly #ledger: Ledger
  /** Lines by their message. */
  readonly messages = new Map<string, number>()
  lines = 0
  /** Requests that were refused under load, which are counted in place of a line for each. */
  refused = 0

  constructor (breaches: Breaches, ledger: Ledger) {
    this.#breaches = breaches
    this.#ledger = ledger
  }

  read (text: string, isError: boolean): void {
    this.lines++
    const leak = leakIn(text)
    if (leak !== undefined) this.#breaches.add('canaries', leak)
    const line = isError ? undefined : parse(text)
    const { level, msg, request_id: requestId, dependency, refused } = line ?? {}
    const isExpected = line !== undefined && typeof msg === 'string' && level !== 'fatal' && msg !== 'internal error'
    if (!isExpected) this.#breaches.add('output', text.slice(0, 300))
    if (msg === 'sessions refused under load') this.refused += Number(refused)
    if (msg === 'audit') this.#ledger.lines.logged(String(requestId), true)
    else if (REQUEST.has(String(msg))) this.#ledger.lines.logged(String(requestId), false)
    const message = `${String(msg)}${dependency === undefined ? '' : `: ${String(dependency)}`}`.slice(0, 80)
    this.messages.set(message, (this.messages.get(message) ?? 0) + 1)
  }
}

function parse (text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
