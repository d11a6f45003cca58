import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { readAnswer, type Answer } from './answer.js'
import { Fault, hold } from './case.js'

/** Where to connect to, and from which address of loopback. */
export interface Ends {
  port: number
  from: string
}

/** Milliseconds that answers, and the end of a connection that was to be closed, may take on a busy machine. */
const PATIENCE_MS = 30_000

/** A bare connection to the broker, read strictly. */
export class Connection {
  readonly #socket: Socket
  #received = ''
  #isClosed = false
  #hasEnded = false
  #failure: string | undefined
  #wake = () => {}

  constructor ({ port, from }: Ends) {
    this.#socket = connect({ host: '127.0.0.1', port, localAddress: from, allowHalfOpen: true, noDelay: true })
    this.#socket.setEncoding('latin1')
      .on('data', (chunk: string) => {
        this.#received += chunk
        this.#wake()
      })
      .on('end', () => {
        this.#hasEnded = true
        this.#socket.end()
        this.#wake()
      })
      .on('error', (error: NodeJS.ErrnoException) => { this.#failure = error.code })
      .on('close', () => {
        this.#isClosed = true
        this.#wake()
      })
  }

  /** Whether another request can follow. */
  get isOpen (): boolean {
    return !this.#isClosed && !this.#hasEnded
  }

  /** What nobody asked for. */
  get isQuiet (): boolean {
    return this.#received === ''
  }

  /** Writes bytes (in Latin-1), cut in these places, each piece in a turn of its own. */
  async write (bytes: string, cuts: readonly number[]): Promise<void> {
    for (const [i, piece] of pieces(Buffer.from(bytes, 'latin1'), cuts).entries()) {
      if (i > 0) await nextTurn()
      if (this.#isClosed) return
      this.#socket.write(piece)
    }
  }

  /** Closes the client's half, which the server takes for leaving where it has not answered yet. */
  end (): void {
    this.#socket.end()
  }

  /** Waits for anything to arrive, or for so many milliseconds. */
  async heard (ms: number): Promise<void> {
    if (this.#received !== '' || this.#isClosed || this.#hasEnded) return
    await this.#wait(ms)
  }

  /**
   * The answers to so many requests, or to as many as there are where that cannot be told: fewer only where one of them
   * closes the connection. Whatever comes behind the last one is a fault.
   *
   * @param areHead of each request, whether its answer has no body
   */
  async answers (areHead: readonly boolean[], isCounted: boolean): Promise<Answer[]> {
    const answers: Answer[] = []
    const end = Date.now() + PATIENCE_MS
    for (;;) {
      const isEnough = isCounted && answers.length === areHead.length
      const next = isEnough ? undefined : readAnswer(this.#received, areHead[answers.length] ?? false)
      if (next !== undefined) {
        this.#received = this.#received.slice(next.end)
        answers.push(next.answer)
        continue
      }
      const isLast = answers.at(-1)?.closes === true
      if (this.#isClosed || (isEnough && !isLast) || (isLast && this.#received !== '')) break
      await this.#more(end, answers)
    }
    hold(this.#received === '', `nothing comes behind an answer: ${JSON.stringify(this.#received.slice(0, 200))}`)
    return answers
  }

  /** Waits until the other side has closed it. */
  async ended (): Promise<void> {
    const end = Date.now() + PATIENCE_MS
    while (!this.#isClosed) await this.#more(end, [])
    hold(this.#received === '', 'nothing comes behind the last answer')
  }

  /** How it broke, where it did. */
  get failure (): string | undefined {
    return this.#failure
  }

  destroy (): void {
    this.#socket.destroy()
  }

  async #more (end: number, answers: readonly Answer[]): Promise<void> {
    if (await this.#wait(end - Date.now())) return
    this.destroy()
    throw new Fault(`no end after ${answers.length} answers (${answers.map(({ status }) => status).join()}) and ${JSON.stringify(this.#received.slice(0, 200))}`)
  }

  /** Whether anything has happened within so many milliseconds. */
  async #wait (ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const isHeard = await new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ms, false)
      this.#wake = () => resolve(true)
    })
    clearTimeout(timer)
    return isHeard
  }
}

function pieces (all: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...cuts.map((cut) => Math.floor(cut * all.length)).sort((a, b) => a - b), all.length]
  return ends.map((end, i) => all.subarray(ends[i - 1] ?? 0, end)).filter(({ length }) => length > 0)
}
