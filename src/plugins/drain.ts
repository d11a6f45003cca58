import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { BrokerError } from '../errors.js'
import type { Lifecycle } from '../lifecycle.js'
import { isWaiting, type Connections } from './connections.js'

/** What it watches, and how patient it is. */
export interface DrainOptions {
  lifecycle: Lifecycle
  connections: Connections
  /** Milliseconds in which all has to be finished once the server closes. */
  timeoutMs: number
}

/** Milliseconds that a request which is on its way as the server closes has to arrive in full, but a quarter of all. */
const GRACE_MS = 1_000

/** Turns of the event loop without a new connection until none is taken to wait any more. */
const QUIET_TURNS = 3

/**
 * On the way down: each answer closes its connection, and what arrives within the grace on a connection that is open is
 * served like anything before it, since its client could not know. Then what comes is told that it is too late, and a
 * connection on which no whole request has arrived is cut: it holds nobody up.
 */
export const drain = fp(async (app: FastifyInstance, { lifecycle, connections, timeoutMs }: DrainOptions) => {
  let isAccepting = false
  app.addHook('onRequest', async () => {
    if (lifecycle.isClosing) throw new BrokerError('shutting_down')
  })
  app.addHook('onSend', async ({ raw: request }, reply) => {
    if (lifecycle.isReady) return
    const last = connections.at(request.socket).at(-1)
    if (isAccepting || (last !== undefined && last.request !== request)) {
      // Fastify would close the connection with this answer: the client would open another, or miss those behind it.
      reply.raw.removeHeader('connection')
    } else {
      reply.header('connection', 'close')
    }
  })
  app.addHook('preClose', async () => {
    lifecycle.drain()
    isAccepting = true
    await acceptAll(app.server, timeoutMs / 4)
    isAccepting = false
    // Node's `close()` would end each connection on which nothing is under way, with the request that is on its way there.
    app.server.closeIdleConnections = () => {}
    const cut = () => {
      lifecycle.close()
      connections.cut((_socket, underway) => !underway.some(isWaiting))
    }
    // Two turns of the event loop later: what the system has taken by now is read first.
    setTimeout(() => setImmediate(() => setImmediate(cut)), Math.min(GRACE_MS, timeoutMs / 4)).unref()
  })
}, { name: 'drain' })

/**
 * Takes the connections that wait to be accepted: the system resets those that still do as the server closes, with what
 * was sent on them. Node takes one in a turn of the event loop.
 */
async function acceptAll (server: Server, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs
  let quiet = 0
  const begin = () => { quiet = 0 }
  server.on('connection', begin)
  while (quiet < QUIET_TURNS && performance.now() < end) {
    quiet++
    await new Promise(setImmediate)
  }
  server.off('connection', begin)
}
