import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** What the parts that a request passes leave for its audit event: names, times and a hash, never a value or a token. */
export interface AuditFacts {
  /** The `iss` and `sub` of the caller's token. */
  issuer?: string | undefined
  subject?: string | undefined
  /** The properties of a Session that were asked for, as dotted paths. */
  fields?: readonly string[]
  /** The session that was minted: when it expires, in ISO 8601, and which it is. */
  session_expires_at?: string | undefined
  session_sha256?: string
  /** Refused under load, before anything was known of it: counted, and no event. */
  isCounted?: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    audit: AuditFacts
  }
  interface FastifyContextConfig {
    /** Requests that ask for a session leave an audit event. */
    audited?: boolean
  }
}

/** Where audit events go. */
export interface AuditOptions {
  /** Takes them whatever the level of the rest of the log is. */
  log: FastifyBaseLogger
}

/** One event for each session minted or refused, and for each that nobody waited for. */
export const audit = fp(async (app: FastifyInstance, { log }: AuditOptions) => {
  app.decorateRequest('audit')
  app.addHook('onRequest', async (request) => {
    request.audit = {}
  })
  app.onEnd((request, status) => {
    if (request.routeOptions.config.audited === true && request.audit.isCounted !== true) log.info(eventOf(request, status), 'audit')
  })
}, { name: 'audit', dependencies: ['telemetry'] })

function eventOf (request: FastifyRequest, status: number | undefined) {
  const { facts, audit } = request
  return {
    event: audit.session_sha256 !== undefined ? 'session_minted' : status === undefined ? 'session_abandoned' : 'session_refused',
    request_id: request.id,
    trace_id: facts.trace_id,
    address: facts.address,
    consumer_id: facts.consumer_id,
    refused_consumer_id: facts.refused_consumer_id,
    ...audit,
    status,
    code: facts.code,
    identity_failure: facts.identity_failure,
    upstream_request_id: facts['upstream_request_id'],
  }
}
