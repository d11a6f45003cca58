import { inspect } from 'node:util'

/** What a secret prints as, wherever it is printed by mistake. */
export const HIDDEN = '[secret]'

/** How many values that a secret had before are still known to be secret. */
const MAX_FORMER = 4

/**
 * A secret value that prints as `[secret]` and is had only by asking for it: `secret.reveal()`. It may be replaced by
 * another while the process runs, so whoever uses it asks each time.
 */
export class Secret {
  #value: string
  #former: readonly string[] = []
  readonly #listeners: Array<() => void> = []

  constructor (value: string) {
    this.#value = value
  }

  reveal (): string {
    return this.#value
  }

  /** The value, and those that it had before: none of them may be printed. */
  known (): string[] {
    return [this.#value, ...this.#former]
  }

  /** Another value from now on. Whoever listens is told once it is there. */
  replace (value: string): void {
    if (value === this.#value) return
    this.#former = this.known().slice(0, MAX_FORMER)
    this.#value = value
    for (const listener of this.#listeners) listener()
  }

  onReplace (listener: () => void): void {
    this.#listeners.push(listener)
  }

  toString (): string {
    return HIDDEN
  }

  toJSON (): string {
    return HIDDEN
  }

  [inspect.custom] (): string {
    return HIDDEN
  }
}
