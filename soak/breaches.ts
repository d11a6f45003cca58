/** What must not happen, each a line of the report. */
export const promises = {
  lost: 'answers lost',
  late: 'answers after their bound',
  wrong: 'wrong statuses',
  stray: "answers that are not the request's own, or not whole",
  calls: 'calls upstream that were not to be made',
  hostile: 'hostile clients that were not turned away',
  lines: 'requests without their one log line and one audit event',
  output: 'lines of the log that nobody expects',
  canaries: 'canaries in the log',
  sockets: 'sockets and files left open',
  heap: 'heap growth after garbage collection',
  process: 'processes that did not start, stop or recover as they ought to',
} as const

export type PromiseName = keyof typeof promises

/** So many of each are told of; all are counted. */
const TOLD = 10

/** What happened and must not. */
export class Breaches {
  readonly #found = new Map<PromiseName, { count: number, told: string[] }>()

  add (name: PromiseName, what: string): void {
    const found = this.#found.get(name) ?? { count: 0, told: [] }
    this.#found.set(name, found)
    found.count++
    if (found.told.length < TOLD) found.told.push(what)
  }

  count (name: PromiseName): number {
    return this.#found.get(name)?.count ?? 0
  }

  told (name: PromiseName): readonly string[] {
    return this.#found.get(name)?.told ?? []
  }

  get isClean (): boolean {
    return this.#found.size === 0
  }
}
