import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { BrokerError } from '../errors.js'
import type { Lifecycle } from '../lifecycle.js'

/** What it watches, and how patient it is. */
export interface DrainOptions {
  lifecycle: Lifecycle
  /** Milliseconds that a request which has begun to arrive has to arrive in full, once the server closes. */
  graceMs?: number
}

/**
 * On the way down: each answer closes its connection, what comes too late is told so, and a connection on which no
 * whole request has arrived holds nobody up. Node stops watching those as its server closes.
 */
export const drain = fp(async (app: FastifyInstance, { lifecycle, graceMs = 1_000 }: DrainOptions) => {
  /** Each connection with the request that it is at, if any. */
  const connections = new Map<Socket, IncomingMessage | undefined>()

  app.server.on('connection', (socket) => {
    connections.set(socket, undefined)
    socket.once('close', () => connections.delete(socket))
  })
  app.server.prependListener('request', (request, response) => {
    connections.set(request.socket, request)
    response.once('close', () => connections.has(request.socket) && connections.set(request.socket, undefined))
  })

  app.addHook('onRequest', async () => {
    if (lifecycle.isClosing) throw new BrokerError('shutting_down')
  })
  app.addHook('onSend', async (_request, reply) => {
    if (!lifecycle.isReady) reply.header('connection', 'close')
  })
  app.addHook('preClose', async () => {
    lifecycle.close()
    cut((socket) => socket.bytesRead === 0)
    setTimeout(() => cut((_socket, request) => request?.complete !== true), graceMs).unref()
  })

  function cut (isToBeCut: (socket: Socket, request: IncomingMessage | undefined) => boolean): void {
    for (const [socket, request] of connections) {
      if (isToBeCut(socket, request)) socket.destroy()
    }
  }
}, { name: 'drain' })
