import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'

/** What became of the requests of a load. Each that was sent is answered or lost. */
export interface Tally {
  /** Sent to the last byte, on a connection that nobody had closed as far as its client could know. */
  sent: number
  /** Answers by status. */
  statuses: Record<string, number>
  /** Sent, and never answered in full. */
  lost: number
  /** Connections that could not be opened. */
  refused: number
  /** Connections that an answer's `Connection: close` ended, and those that the server closed between two requests. */
  told: number
  closedIdle: number
}

export interface LoadOptions {
  /** Opens a connection. */
  connect: () => Socket
  /** One request, to the letter. */
  request: string
  connections: number
  /** The longest pause between two requests of a connection, in milliseconds: each is as long as chance has it. */
  pauseMs: number
}

/** Clients that keep their connections, send one request after the other, and open another where one was closed. */
export function startLoad (t: Test, { connect, request, connections, pauseMs }: LoadOptions) {
  const tally: Tally = { sent: 0, statuses: {}, lost: 0, refused: 0, told: 0, closedIdle: 0 }
  const stopping = new AbortController()
  t.teardown(() => stopping.abort())

  async function client (): Promise<void> {
    while (!stopping.signal.aborted) {
      const socket = connect()
      const answers = new Answers(socket)
      try {
        await once(socket, 'encrypted' in socket ? 'secureConnect' : 'connect')
      } catch {
        tally.refused++
        await wait(10)
        continue
      }
      while (!stopping.signal.aborted && !answers.isClosed) {
        const isWritten = await new Promise<boolean>((resolve) => socket.write(request, (error) => resolve(error == null)))
        if (!isWritten) {
          tally.closedIdle++
          break
        }
        tally.sent++
        const answer = await answers.next()
        if (answer === undefined) {
          tally.lost++
          break
        }
        tally.statuses[answer.status] = (tally.statuses[answer.status] ?? 0) + 1
        if (answer.isLast) {
          tally.told++
          break
        }
        await wait(Math.random() * pauseMs)
        if (answers.isClosed) tally.closedIdle++
      }
      socket.destroy()
    }
  }

  const clients = Promise.all(Array.from({ length: connections }, client))
  return {
    tally,
    /** Resolves once so many more answers have come. */
    answers: async (count: number) => {
      const answered = () => Object.values(tally.statuses).reduce((sum, n) => sum + n, 0)
      const enough = answered() + count
      while (answered() < enough) await wait(5)
    },
    /** What became of all of it, once each client has the answer that it waits for. */
    stop: async (): Promise<Tally> => {
      stopping.abort()
      await clients
      return tally
    },
  }
}

interface OneAnswer { status: string, isLast: boolean }

/** The answers on a connection, in order. Each has a Content-Length, as the broker's have. */
class Answers {
  isClosed = false
  #text = ''
  #waiting: ((answer: OneAnswer | undefined) => void) | undefined

  constructor (socket: Socket) {
    socket.setNoDelay().setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      this.#text += chunk
      this.#tell()
    })
    for (const end of ['end', 'close', 'error']) {
      socket.on(end, () => {
        this.isClosed = true
        this.#tell()
      })
    }
  }

  next (): Promise<OneAnswer | undefined> {
    return new Promise((resolve) => {
      this.#waiting = resolve
      this.#tell()
    })
  }

  #tell (): void {
    if (this.#waiting === undefined) return
    const answer = this.#take()
    if (answer === undefined && !this.isClosed) return
    const resolve = this.#waiting
    this.#waiting = undefined
    resolve(answer)
  }

  #take (): OneAnswer | undefined {
    const [head = '', rest] = this.#text.split('\r\n\r\n', 2)
    if (rest === undefined) return undefined
    const end = head.length + 4 + Number(/^content-length: (\d+)$/im.exec(head)?.[1])
    if (this.#text.length < end) return undefined
    this.#text = this.#text.slice(end)
    return { status: head.slice(9, 12), isLast: /^connection: close$/im.test(head) }
  }
}
