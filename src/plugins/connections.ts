import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A request that has begun to arrive, and is not answered in full or has not arrived in full. */
export interface Underway {
  request: IncomingMessage
  response: ServerResponse
}

/** Whether a request has arrived in full and waits for its answer, or for the rest of it. */
export function isWaiting ({ request, response }: Underway): boolean {
  return request.complete && !response.writableFinished
}

function isDone ({ request, response }: Underway): boolean {
  return request.complete && response.writableFinished
}

/** How much a server takes. */
const BOUNDS = {
  /** Open at once. One takes 20 KiB at most, and 1,024 file descriptors leave enough for those to others. */
  connections: 800,
  /** Requests of one connection in all. */
  requests: 10_000,
  /** Requests of one connection that were sent in a row, before the first of them is answered. */
  inARow: 16,
}

/** Hears, once for each change, that connections are closed to make room, and that there is room again. */
export interface Crowd {
  full: (connections: number) => void
  /** @param closed how many were closed meanwhile */
  free: (closed: number) => void
}

/** What it holds to, and who hears of it. */
export interface ConnectionsOptions {
  bounds?: Partial<typeof BOUNDS>
  crowd?: Crowd
}

interface Connection {
  underway: Set<Underway>
  taken: number
  /** Nothing more is taken of it. */
  isEnding: boolean
}

/** The open connections of a server, each with what is under way on it: of requests sent in a row, several. */
export class Connections {
  /** Those first that have been without a request for the longest time. */
  readonly #open = new Map<Socket, Connection>()
  readonly #bounds
  readonly #crowd
  #closedForRoom = 0

  constructor ({ bounds, crowd }: ConnectionsOptions = {}) {
    this.#bounds = { ...BOUNDS, ...bounds }
    this.#crowd = crowd
  }

  /** How many are open. */
  get count (): number {
    return this.#open.size
  }

  watch (server: Server): void {
    server.on('connection', (socket) => {
      const connection = { underway: new Set<Underway>(), taken: 0, isEnding: false }
      this.#open.set(socket, connection)
      socket.once('close', () => {
        this.#forget(socket)
        // Node tells only the response whose turn it was that nobody is there any more.
        for (const { response } of connection.underway) if (!response.closed) response.emit('close')
      })
      if (this.#open.size > this.#bounds.connections) this.#makeRoom()
    })
  }

  /**
   * Whether a request is to be served. What comes behind the last that a connection may send is not: that one's answer
   * says that the connection closes.
   */
  take (request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request
    const connection = this.#open.get(socket)
    if (connection === undefined || connection.isEnding) {
      // Read off, so that we hear if the client leaves.
      request.resume()
      return false
    }
    const { underway } = connection
    const one = { request, response }
    underway.add(one)
    connection.taken += 1
    if (connection.taken === this.#bounds.requests || underway.size === this.#bounds.inARow) {
      connection.isEnding = true
      response.shouldKeepAlive = false
    }
    const forget = () => {
      if (!isDone(one) || !underway.delete(one) || underway.size > 0 || !this.#open.delete(socket)) return
      this.#open.set(socket, connection)
    }
    // Some are answered before they have arrived in full.
    response.once('close', forget)
    request.once('close', forget)
    return true
  }

  /** What is under way on a connection, in the order in which it came. */
  at (socket: Socket): Underway[] {
    // What is done is forgotten a moment later.
    return [...this.#open.get(socket)?.underway ?? []].filter((one) => !isDone(one))
  }

  /** Takes nothing more of a connection, and closes it behind the last answer that is under way. */
  end (socket: Socket): void {
    const connection = this.#open.get(socket)
    if (connection !== undefined) connection.isEnding = true
    const last = this.at(socket).at(-1)?.response
    if (last === undefined || last.writableFinished) socket.destroy()
    else if (last.headersSent) last.once('finish', () => socket.destroySoon())
    else last.shouldKeepAlive = false
  }

  /** Destroys each connection of which that is true. */
  cut (isToBeCut: (socket: Socket, underway: Underway[]) => boolean): void {
    for (const socket of this.#open.keys()) {
      if (isToBeCut(socket, this.at(socket))) socket.destroy()
    }
  }

  /** Closes the connection that has been without a request for the longest time; if all wait for answers, the new one. */
  #makeRoom (): void {
    if (this.#closedForRoom === 0) this.#crowd?.full(this.#bounds.connections)
    for (const [socket, { underway }] of this.#open) {
      if ([...underway].some(isWaiting)) continue
      this.#closedForRoom += 1
      this.#open.delete(socket)
      socket.destroy()
      break
    }
  }

  #forget (socket: Socket): void {
    this.#open.delete(socket)
    if (this.#closedForRoom === 0 || this.#open.size > this.#bounds.connections * 0.75) return
    this.#crowd?.free(this.#closedForRoom)
    this.#closedForRoom = 0
  }
}
