import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { BrokerError } from '../errors.js'
import type { Caller, Identity } from '../identity/identity.js'
import { chooseConsumer } from '../policy/consumer.js'
import { requireProofOfOrigin } from '../policy/origin.js'
import { CONSUMER_HEADER } from '../schemas/header-names.js'
import { clientNetwork } from './peers.js'
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
 * consumer must be within its limit.
 */
export function createAdmission ({ identity, sessions, isPerAddress, failedAuthentications }: AdmissionOptions): onRequestAsyncHookHandler {
  async function authenticate (request: FastifyRequest): Promise<void> {
    if (identity.isSentByBrowser(request.raw)) requireProofOfOrigin(request.headers)
    request.caller = await identity.identify(request.raw)
    const { entitledTo, issuer, subject } = request.caller
    Object.assign(request.audit, { issuer, subject })
    request.consumerId = chooseConsumer(entitledTo, request.headers[CONSUMER_HEADER])
    request.facts.consumer_id = request.consumerId
  }

  async function countFailure (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<never> {
    if (isFailedAuthentication(error)) {
      Object.assign(request.facts, error.facts)
      await failedAuthentications(request, reply, clientNetwork(request))
    }
    throw error
  }

  return async (request, reply) => {
    await authenticate(request).catch((error: unknown) => countFailure(error, request, reply))
    await sessions(request, reply, isPerAddress ? clientNetwork(request) : request.consumerId)
  }
}

/** Another's consumer counts too: it is a guess as much as a forged token is. */
function isFailedAuthentication (error: unknown): error is BrokerError {
  return error instanceof BrokerError && (error.code === 'unauthenticated' || error.code === 'consumer_not_allowed')
}
