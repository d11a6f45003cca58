import { connect, type Socket } from 'node:net'
import { readAnswer, type Answer } from './answer.js'

/** Why no answer came. */
export interface Broken {
  why: 'refused' | 'closed' | 'not HTTP' | 'timeout'
  /** Bytes of an answer that did come. */
  received: number
}

/** Milliseconds of silence after which a connection is not used again: less than any server's patience. */
const IDLE_MS = 3_000

/** A keep-alive connection over a bare socket, for one request at a time. */
export class Connection {
  readonly #socket: Socket
  readonly #onExtra: (text: string) => void
  #received = ''
  #isConnected = false
  #waiting: { resolve: (result: Answer | Broken) => void, timer: NodeJS.Timeout } | undefined
  #mayBeKept = true
  #idleSince = performance.now()

  /** @param onExtra hears of what comes without having been asked for */
  constructor (port: number, onExtra: (text: string) => void) {
    this.#onExtra = onExtra
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.setEncoding('latin1')
    this.#socket.on('connect', () => { this.#isConnected = true })
    this.#socket.on('data', (chunk: string) => this.#take(chunk))
    this.#socket.on('error', () => {})
    // The other side has no more to say; nor have we.
    this.#socket.on('end', () => this.#socket.destroy())
    this.#socket.on('close', () => {
      this.#mayBeKept = false
      this.#settle({ why: this.#isConnected ? 'closed' : 'refused', received: this.#received.length })
    })
  }

  get isReusable (): boolean {
    return this.#mayBeKept && !this.#socket.destroyed && performance.now() - this.#idleSince < IDLE_MS
  }

  ask (bytes: string, timeoutMs: number): Promise<Answer | Broken> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#settle({ why: 'timeout', received: this.#received.length })
        this.close()
      }, timeoutMs)
      this.#waiting = { resolve, timer }
      if (this.#socket.destroyed) this.#settle({ why: 'closed', received: 0 })
      else this.#socket.write(bytes, 'latin1')
    })
  }

  close (): void {
    this.#socket.destroy()
  }

  #take (chunk: string): void {
    if (this.#waiting === undefined) return this.#onExtra(chunk)
    this.#received += chunk
    try {
      const read = readAnswer(this.#received)
      if (read === undefined) return
      if (read.rest !== '') this.#onExtra(read.rest)
      if (read.answer.headers.get('connection') === 'close') this.#mayBeKept = false
      this.#received = ''
      this.#idleSince = performance.now()
      this.#settle(read.answer)
      if (!this.#mayBeKept) this.#socket.end()
    } catch {
      this.#settle({ why: 'not HTTP', received: this.#received.length })
      this.close()
    }
  }

  #settle (result: Answer | Broken): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#waiting = undefined
    clearTimeout(waiting.timer)
    waiting.resolve(result)
  }
}
