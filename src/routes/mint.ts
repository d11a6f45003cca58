import type { FastifyReply, FastifyRequest } from 'fastify'
import { metadataFrom } from '../policy/consumer-metadata.js'
import { applyPolicy, askedFields, type SessionRules } from '../policy/session.js'
import type { MintedSession } from '../schemas/minted-session.js'
import type { Session } from '../schemas/session.js'
import type { Upstream } from '../upstream/upstream.js'

/** What sessions are minted by. */
export interface MintOptions {
  rules: SessionRules
  upstream: Upstream
}

/**
 * Mints the session that an admitted caller asks for, as policy has it, and leaves its facts for the log and the audit.
 * A client that goes takes the call with it.
 */
export async function mint (request: FastifyRequest, reply: FastifyReply, asked: Session, { rules, upstream }: MintOptions): Promise<MintedSession> {
  const { caller: { claims }, consumerId, facts, audit } = request
  audit.fields = askedFields(asked)
  const gone = new AbortController()
  reply.raw.once('close', () => {
    // An abort makes an error, with its stack: not for each that was answered.
    if (!reply.raw.writableFinished) gone.abort()
  })
  if (request.raw.socket.destroyed) gone.abort()
  const { metadata, misfits } = metadataFrom(claims, rules.policy.consumer_metadata_claims)
  if (misfits.length > 0) facts.claims_left_out = misfits
  const permitted = applyPolicy(asked, rules, metadata)
  const { session, tokenHash, facts: call } =
    await request.within('upstream', () => upstream.createSession(permitted, consumerId, gone.signal), ({ facts }) => facts)
  Object.assign(facts, call)
  audit.session_expires_at = session.expires_at
  audit.session_sha256 = tokenHash
  return session
}
