import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { BrokerError } from '../errors.js'
import type { Lifecycle } from '../lifecycle.js'
import { isWaiting, type Connections } from './connections.js'

/** What it watches, and how patient it is. */
export interface DrainOptions {
  lifecycle: Lifecycle
  connections: Connections
  /** Milliseconds that a request which has begun to arrive has to arrive in full, once the server closes. */
  graceMs?: number
}

/**
 * On the way down: each answer closes its connection, what comes too late is told so, and a connection on which no
 * whole request has arrived holds nobody up. Node stops watching those as its server closes.
 */
export const drain = fp(async (app: FastifyInstance, { lifecycle, connections, graceMs = 1_000 }: DrainOptions) => {
  app.addHook('onRequest', async () => {
    if (lifecycle.isClosing) throw new BrokerError('shutting_down')
  })
  app.addHook('onSend', async (_request, reply) => {
    if (!lifecycle.isReady) reply.header('connection', 'close')
  })
  app.addHook('preClose', async () => {
    lifecycle.close()
    connections.cut((socket) => socket.bytesRead === 0)
    setTimeout(() => connections.cut((_socket, underway) => !underway.some(isWaiting)), graceMs).unref()
  })
}, { name: 'drain' })
