import { Connection } from './connection.js'

/** As many as a proxy keeps to one upstream, and fewer than the broker takes of all together. */
const MOST = 200

/** Connections to one replica, each for one request at a time. Who finds all of them busy waits. */
export class Pool {
  readonly #port: number
  readonly #onExtra: (text: string) => void
  readonly #idle: Connection[] = []
  readonly #waiting: Array<() => void> = []
  #busy = 0

  /** @param onExtra hears of what comes without having been asked for */
  constructor (port: number, onExtra: (text: string) => void) {
    this.#port = port
    this.#onExtra = onExtra
  }

  /** The connection that was used last, or a new one. */
  async take (): Promise<Connection> {
    if (this.#busy < MOST) this.#busy++
    else await new Promise<void>((resolve) => { this.#waiting.push(resolve) })
    for (;;) {
      const connection = this.#idle.pop()
      if (connection === undefined) return new Connection(this.#port, this.#onExtra)
      if (connection.isReusable) return connection
      connection.close()
    }
  }

  give (connection: Connection): void {
    if (connection.isReusable) this.#idle.push(connection)
    const next = this.#waiting.shift()
    if (next === undefined) this.#busy--
    else next()
  }

  close (): void {
    for (const connection of this.#idle.splice(0)) connection.close()
  }
}
