import type { Answer } from './answer.js'
import type { Case, Setting } from './case.js'

const counter = () => new Map<string, number>()

function count (counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** What was tried and what came of it. */
export class Summary {
  cases = 0
  requests = 0
  answers = 0
  /** Cases that were tried again with patience. */
  repeated = 0
  /** Requests that were left before their answer came: whatever comes of them, nobody sees it. */
  left = 0
  /** Refused for want of time, on a machine that does much else: where it does nothing else, none. */
  shed = 0
  readonly #kinds = counter()
  readonly #statuses = counter()
  readonly #settings = counter()
  readonly #told = counter()

  add ({ asks, told }: Case, answers: readonly Answer[], { name }: Setting): void {
    this.cases++
    this.requests += asks.length
    this.answers += answers.length
    for (const { kind } of asks) count(this.#kinds, kind)
    for (const { status } of answers) count(this.#statuses, String(status))
    count(this.#settings, name)
    if (told !== 'mint') count(this.#told, told)
  }

  /** A line each. */
  lines (): string[] {
    const list = (counts: Map<string, number>) => [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([name, n]) => `${name} ${n}`).join(', ')
    return [
      `cases ${this.cases}, requests ${this.requests}, answers ${this.answers}, left ${this.left}, tried again ${this.repeated}, shed ${this.shed}`,
      `by configuration: ${list(this.#settings)}`,
      `by kind: ${list(this.#kinds)}`,
      `by status: ${list(this.#statuses)}`,
      `upstream failures: ${list(this.#told)}`,
    ]
  }
}
