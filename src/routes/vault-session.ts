import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { onRequestAsyncHookHandler } from 'fastify'
import { isNavigation } from '../policy/answer-shape.js'
import { metadataFrom } from '../policy/consumer-metadata.js'
import { applyPolicy, askedFields, type SessionRules } from '../policy/session.js'
import { MintedSessionSchema } from '../schemas/minted-session.js'
import { SessionSchema } from '../schemas/session.js'
import type { Upstream } from '../upstream/upstream.js'

/** What the route works with. */
export interface VaultSessionOptions {
  /** Who may pass, before the body is read. */
  admit: onRequestAsyncHookHandler
  rules: SessionRules
  upstream: Upstream
}

/** `POST /vault-session`: a Session in, its vault out. */
export const vaultSession: FastifyPluginAsyncTypebox<VaultSessionOptions> = async (app, { admit, rules, upstream }) => {
  app.post('/vault-session', {
    config: { audited: true },
    onRequest: admit,
    schema: { body: SessionSchema, response: { 200: MintedSessionSchema } },
  }, async (request, reply) => {
    const { body, caller: { claims }, consumerId, facts, audit } = request
    audit.fields = askedFields(body)
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    if (request.raw.socket.destroyed) gone.abort()
    const { metadata, misfits } = metadataFrom(claims, rules.policy.consumer_metadata_claims)
    if (misfits.length > 0) facts.claims_left_out = misfits
    const { session, tokenHash, facts: call } = await upstream.createSession(applyPolicy(body, rules, metadata), consumerId, gone.signal)
    Object.assign(facts, call)
    audit.session_expires_at = session.expires_at
    audit.session_sha256 = tokenHash
    return isNavigation(request.headers) ? reply.redirect(session.session_uri, 302) : session
  })
}
