import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A request that has begun to arrive, and is not answered in full or has not arrived in full. */
export interface Underway {
  request: IncomingMessage
  response: ServerResponse
}

/** The open connections of a server, each with what is under way on it, if anything is. */
export class Connections {
  readonly #open = new Map<Socket, Underway | undefined>()

  watch (server: Server): void {
    server.on('connection', (socket) => {
      this.#open.set(socket, undefined)
      socket.once('close', () => this.#open.delete(socket))
    })
    server.prependListener('request', (request, response) => {
      this.#open.set(request.socket, { request, response })
      const forget = () => {
        const isDone = request.complete && response.writableFinished
        if (isDone && this.#open.has(request.socket)) this.#open.set(request.socket, undefined)
      }
      // Some are answered before they have arrived in full.
      response.once('close', forget)
      request.once('close', forget)
    })
  }

  /** What is under way on a connection. */
  at (socket: Socket): Underway | undefined {
    return this.#open.get(socket)
  }

  /** Destroys each connection of which that is true. */
  cut (isToBeCut: (socket: Socket, underway: Underway | undefined) => boolean): void {
    for (const [socket, underway] of this.#open) {
      if (isToBeCut(socket, underway)) socket.destroy()
    }
  }
}
