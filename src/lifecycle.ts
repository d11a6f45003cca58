/**
 * Where an instance stands between its start and its end. `draining`: it serves on, but says that it is not ready and
 * asks each connection to close. `closing`: what is under way finishes and nothing new begins.
 */
export class Lifecycle {
  #phase: 'serving' | 'draining' | 'closing' = 'serving'

  get isReady (): boolean {
    return this.#phase === 'serving'
  }

  get isClosing (): boolean {
    return this.#phase === 'closing'
  }

  drain (): void {
    if (this.#phase === 'serving') this.#phase = 'draining'
  }

  close (): void {
    this.#phase = 'closing'
  }
}
