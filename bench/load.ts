import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { sorted } from './statistics.js'

/** What came back in a time of so many seconds. Milliseconds, sorted. */
export interface Outcome {
  seconds: number
  sessions: number[]
  refusals: number[]
  /** Answers that were neither 200 nor 503, and connections that broke. */
  others: number
}

/** How the load comes. */
export type Manner =
  /** So many clients, each of which asks again as soon as it is answered, sessions or not. */
  | { clients: number }
  /** So many requests a second, whatever becomes of them, on as many connections as that takes, up to what the broker takes. */
  | { perSecond: number }

/** When it ends. */
export type Until = { seconds: number } | { answers: number }

/** What a client sends, each time. */
export type Text = (client: number) => string

const BODY = '{"settings":{"unified_apis":["crm"],"session_length":"30m"}}'

/** The broker takes 800. */
const MAX_CONNECTIONS = 700

/** A request for a session, with further headers, each with its end. */
export function requestFor (body: string, headers = ''): string {
  return `POST /vault-session HTTP/1.1\r\nhost: localhost\r\n${headers}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** Asks for sessions for so many seconds. */
export async function load (port: number, manner: Manner, seconds: number, headers: (client: number) => string = () => ''): Promise<Outcome> {
  const clients = new Clients(port, (client) => requestFor(BODY, headers(client)))
  try {
    return await clients.ask(manner, { seconds })
  } finally {
    clients.close()
  }
}

/** Clients of a server, each with a connection that is kept. Those ask first who have been idle for the longest time. */
export class Clients {
  readonly #port: number
  readonly #text: Text
  readonly #open = new Set<Socket>()
  #idle: Array<() => void> = []
  #waiting = 0
  #outcome: Outcome = { seconds: 0, sessions: [], refusals: [], others: 0 }
  #onAnswer = () => {}

  constructor (port: number, text: Text) {
    this.#port = port
    this.#text = text
  }

  /** Connects so many. */
  async connect (count: number): Promise<void> {
    while (this.#open.size < count) {
      const socket = this.#add()
      await once(socket, 'connect')
    }
  }

  /** Asks, and waits for the last answer. */
  async ask (manner: Manner, until: Until): Promise<Outcome> {
    const since = performance.now()
    const elapsed = () => (performance.now() - since) / 1_000
    this.#outcome = { seconds: 0, sessions: [], refusals: [], others: 0 }
    let asked = 0
    const isOver = () => 'seconds' in until ? elapsed() >= until.seconds : asked >= until.answers
    const askOne = () => {
      if (this.#idle.length === 0 && this.#open.size < MAX_CONNECTIONS) this.#add()
      asked++
      this.#idle.shift()?.()
    }

    if ('clients' in manner) {
      this.#onAnswer = () => { if (!isOver()) askOne() }
      for (let i = 0; i < manner.clients; i++) askOne()
      while (!isOver()) await delay(5)
    } else {
      this.#onAnswer = () => {}
      while (!isOver()) {
        const due = Math.floor(elapsed() * manner.perSecond) - asked
        for (let i = 0; i < due; i++) askOne()
        await delay(1)
      }
    }
    const seconds = elapsed()
    for (const patience = seconds + 5; this.#waiting > 0 && elapsed() < patience;) await delay(1)
    const { sessions, refusals, others } = this.#outcome
    return { seconds, sessions: sorted(sessions), refusals: sorted(refusals), others: others + this.#waiting }
  }

  /** Asks for so many sessions, from so many clients at once. Throws where an answer is none. */
  async askFor (sessions: number, clients: number): Promise<Outcome> {
    const outcome = await this.ask({ clients }, { answers: sessions })
    const failed = outcome.refusals.length + outcome.others
    if (failed > 0) throw new Error(`${failed} of ${sessions} answers were no sessions`)
    return outcome
  }

  close (): void {
    for (const socket of this.#open) socket.destroy()
  }

  #add (): Socket {
    const socket = connect(this.#port, '127.0.0.1').setNoDelay()
    const text = this.#text(this.#open.size)
    this.#open.add(socket)
    let askedAt = 0
    const ask = () => {
      askedAt = performance.now()
      this.#waiting++
      socket.write(text)
    }
    this.#idle.push(ask)
    socket.on('error', () => { this.#outcome.others++ }).on('end', () => { throw new Error('the server closed a connection') }).on('data', (answer) => {
      // Each answer comes in one piece, or its head does.
      const status = answer.toString('latin1', 0, 12)
      if (!status.startsWith('HTTP/1.1 ')) return
      this.#waiting--
      this.#note(status.slice(-3), performance.now() - askedAt)
      this.#idle.push(ask)
      this.#onAnswer()
    })
    return socket
  }

  #note (status: string, ms: number): void {
    if (status === '200') this.#outcome.sessions.push(ms)
    else if (status === '503') this.#outcome.refusals.push(ms)
    else this.#outcome.others++
  }
}
