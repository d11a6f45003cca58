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

/** The open connections of a server, each with what is under way on it: of requests sent in a row, several. */
export class Connections {
  readonly #open = new Map<Socket, Set<Underway>>()

  watch (server: Server): void {
    server.on('connection', (socket) => {
      const underway = new Set<Underway>()
      this.#open.set(socket, underway)
      socket.once('close', () => {
        this.#open.delete(socket)
        // Node tells only the response whose turn it was that nobody is there any more.
        for (const { response } of underway) if (!response.closed) response.emit('close')
      })
    })
    server.prependListener('request', (request, response) => {
      const one = { request, response }
      const all = this.#open.get(request.socket)
      all?.add(one)
      const forget = () => isDone(one) && all?.delete(one)
      // Some are answered before they have arrived in full.
      response.once('close', forget)
      request.once('close', forget)
    })
  }

  /** What is under way on a connection, in the order in which it came. */
  at (socket: Socket): Underway[] {
    // What is done is forgotten a moment later.
    return [...this.#open.get(socket) ?? []].filter((one) => !isDone(one))
  }

  /** Destroys each connection of which that is true. */
  cut (isToBeCut: (socket: Socket, underway: Underway[]) => boolean): void {
    for (const socket of this.#open.keys()) {
      if (isToBeCut(socket, this.at(socket))) socket.destroy()
    }
  }
}
