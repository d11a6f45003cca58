import { inspect } from 'node:util'

/** What a secret prints as, wherever it is printed by mistake. */
export const HIDDEN = '[secret]'

/** A secret value that prints as `[secret]` and is had only by asking for it: `secret.reveal()`. */
export class Secret {
  readonly #value: string

  constructor (value: string) {
    this.#value = value
  }

  reveal (): string {
    return this.#value
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
