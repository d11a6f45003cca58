import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { Caller, Identity } from '../identity/identity.js'
import { isNavigation } from '../policy/answer-shape.js'
import { applyPolicy, type SessionRules } from '../policy/session.js'
import { MintedSessionSchema } from '../schemas/minted-session.js'
import { SessionSchema } from '../schemas/session.js'
import type { Upstream } from '../upstream/upstream.js'

/** What the route works with. */
export interface VaultSessionOptions {
  identity: Identity
  limit: onRequestAsyncHookHandler
  rules: SessionRules
  upstream: Upstream
}

const CALLER = 'caller'

/**
 * `POST /vault-session`: a Session in, its vault out. The caller is known before its body is parsed, so one without a
 * credential makes us parse nothing.
 */
export const vaultSession: FastifyPluginAsyncTypebox<VaultSessionOptions> = async (app, { identity, limit, rules, upstream }) => {
  app.decorateRequest(CALLER)

  async function identify (request: FastifyRequest): Promise<void> {
    const caller = await identity.identify(request.raw)
    request.setDecorator<Caller>(CALLER, caller)
    request.facts.consumer_id = caller.consumerId
  }

  app.post('/vault-session', {
    onRequest: [identify, limit],
    schema: { body: SessionSchema, response: { 200: MintedSessionSchema } },
  }, async (request, reply) => {
    const { consumerId } = request.getDecorator<Caller>(CALLER)
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const { session, facts } = await upstream.createSession(applyPolicy(request.body, rules), consumerId, gone.signal)
    Object.assign(request.facts, facts)
    return isNavigation(request.headers) ? reply.redirect(session.session_uri, 302) : session
  })
}
