type Facts = Readonly<Record<string, string | number>>

/** Told when something that we depend on goes away, and when it is there again. */
export interface Watcher {
  /** @param facts `failure`, a short name of why */
  lost (facts: Facts): void
  /** @param facts `lost_for_ms`, and what else was counted meanwhile */
  regained (facts: Facts): void
}

/** Whether something that we depend on can be had, as we last found it. Its watcher hears of changes alone. */
export class Availability {
  readonly #watcher: Watcher
  readonly #now: () => number
  #lostAt: number | undefined

  /** @param now milliseconds, on any clock */
  constructor (watcher: Watcher, now: () => number) {
    this.#watcher = watcher
    this.#now = now
  }

  lose (failure: string): void {
    if (this.#lostAt !== undefined) return
    this.#lostAt = this.#now()
    this.#watcher.lost({ failure })
  }

  regain (facts: Facts = {}): void {
    if (this.#lostAt === undefined) return
    const lostForMs = Math.round(this.#now() - this.#lostAt)
    this.#lostAt = undefined
    this.#watcher.regained({ lost_for_ms: lostForMs, ...facts })
  }

  get isLost (): boolean {
    return this.#lostAt !== undefined
  }
}
