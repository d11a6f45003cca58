import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { BrokerError } from '../errors.js'
import type { Caller, Identity } from '../identity/identity.js'
import { chooseConsumer } from '../policy/consumer.js'
import { requireProofOfOrigin } from '../policy/origin.js'
import { CONSUMER_HEADER } from '../schemas/header-names.js'
import { networkOf } from './peers.js'
import type { RateLimit } from './rate-limit.js'

/** Who verifies callers, and what callers are held to. */
export interface AdmissionOptions {
  identity: Identity
  /** Per consumer, or per client address where every caller is the same consumer. */
  sessions: RateLimit
  isPerAddress: boolean
  /** Per client address. Who succeeds is not kept out by a neighbour's failures. */
  failedAuthentications: RateLimit
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, on a route that admits callers, and whose vault is meant. */
    caller: Caller
    consumerId: string
  }
}

/**
 * Makes what a caller passes before its body is read, so that one without a credential makes us parse nothing: what a
 * browser sends by itself needs proof of origin, the credential must verify and entitle to the consumer, and the
 * consumer must be within its limit. Telemetry, audit and the check of origins stand before it.
 */
export function createAdmission (app: FastifyInstance, { identity, sessions, isPerAddress, failedAuthentications }: AdmissionOptions): onRequestAsyncHookHandler {
  app.decorateRequest('caller')
  app.decorateRequest('consumerId', '')

  async function authenticate (request: FastifyRequest): Promise<void> {
    if (identity.isSentByBrowser(request.raw)) requireProofOfOrigin(request.headers)
    const caller = await request.within('identity', () => identity.identify(request.raw))
    request.caller = caller
    request.audit.issuer = caller.issuer
    request.audit.subject = caller.subject
    request.consumerId = chooseConsumer(caller.entitledTo, request.headers[CONSUMER_HEADER])
    request.facts.consumer_id = request.consumerId
  }

  return async (request, reply) => {
    const { address } = request.facts
    try {
      await authenticate(request)
    } catch (error) {
      if (isFailedAuthentication(error)) {
        Object.assign(request.facts, error.facts)
        await failedAuthentications(request, reply, networkOf(address))
      }
      throw error
    }
    await sessions(request, reply, isPerAddress ? networkOf(address) : request.consumerId)
  }
}

/**
 * A credential that was refused, or a guess at another's consumer. Who brought no credential at all has not failed: a
 * page that asks before its user has signed in must go on to hear so.
 */
function isFailedAuthentication (error: unknown): error is BrokerError {
  if (!(error instanceof BrokerError)) return false
  return error.code === 'unauthenticated' ? error.facts['identity_failure'] !== 'no_credential' : error.code === 'consumer_not_allowed'
}
