import type { FastifyInstance } from 'fastify'

/**
 * Refuses a POST that another origin's page has sent: on `localhost` every port is of one site, for which `SameSite`
 * keeps no cookie back.
 */
export function takeOwnForms (app: FastifyInstance, origin: string) {
  app.addHook('onRequest', async ({ method, headers }, reply) => {
    if (method !== 'POST' || headers.origin === origin) return
    return reply.code(403).send({ status: 403, detail: `This is for the pages of ${origin} alone.` })
  })
}
