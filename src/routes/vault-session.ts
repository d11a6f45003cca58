import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { onRequestAsyncHookHandler } from 'fastify'
import { isNavigation } from '../policy/answer-shape.js'
import { MintedSessionSchema } from '../schemas/minted-session.js'
import { SessionSchema } from '../schemas/session.js'
import { mint, type MintOptions } from './mint.js'

/** What a route that mints works with. */
export interface SessionRouteOptions extends MintOptions {
  /** Who may pass, before the body is read. */
  admit: onRequestAsyncHookHandler
}

/** `POST /vault-session`: a Session in, its vault out. */
export const vaultSession: FastifyPluginAsyncTypebox<SessionRouteOptions> = async (app, { admit, ...options }) => {
  app.post('/vault-session', {
    config: { audited: true },
    onRequest: admit,
    schema: {
      operationId: 'createVaultSession',
      summary: 'Open a vault',
      description: 'Answers a script or a program with JSON, a navigation with a redirect to the vault.',
      tags: ['sessions'],
      body: SessionSchema,
      response: { 200: MintedSessionSchema },
    },
  }, async (request, reply) => {
    const session = await mint(request, reply, request.body, options)
    return isNavigation(request.headers) ? reply.redirect(session.session_uri, 302) : session
  })
}
