import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { BrokerError } from '../errors.js'
import type { Lifecycle } from '../lifecycle.js'

/** On the way down: each answer closes its connection, and what comes too late is told so. */
export const drain = fp(async (app: FastifyInstance, { lifecycle }: { lifecycle: Lifecycle }) => {
  app.addHook('preClose', async () => lifecycle.close())
  app.addHook('onRequest', async () => {
    if (lifecycle.isClosing) throw new BrokerError('shutting_down')
  })
  app.addHook('onSend', async (_request, reply) => {
    if (!lifecycle.isReady) reply.header('connection', 'close')
  })
}, { name: 'drain' })
