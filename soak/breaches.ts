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

/** So many sorts of each are told of, with so many examples; all are counted. */
const TOLD = { sorts: 8, examples: 2 }

/** What happened and must not. */
export class Breaches {
  readonly #found = new Map<PromiseName, Map<string, { count: number, examples: string[] }>>()

  /** @param sort what it has in common with others */
  add (name: PromiseName, what: string, sort = what.replaceAll(/\d+/g, 'n')): void {
    const sorts = this.#found.get(name) ?? new Map<string, { count: number, examples: string[] }>()
    const found = sorts.get(sort) ?? { count: 0, examples: [] }
    this.#found.set(name, sorts.set(sort, found))
    found.count++
    if (found.examples.length < TOLD.examples) found.examples.push(what)
  }

  count (name: PromiseName): number {
    return [...this.#found.get(name)?.values() ?? []].reduce((sum, { count }) => sum + count, 0)
  }

  /** Examples of each sort, the most frequent first. */
  told (name: PromiseName): readonly string[] {
    return [...this.#found.get(name)?.values() ?? []]
      .sort((a, b) => b.count - a.count)
      .slice(0, TOLD.sorts)
      .flatMap(({ count, examples }) => examples.map((what, i) => i === 0 && count > examples.length ? `${what} (${count} of its sort)` : what))
  }

  get isClean (): boolean {
    return this.#found.size === 0
  }
}
