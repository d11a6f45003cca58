import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { BrokerError } from '../errors.js'
import { isNavigation } from '../policy/answer-shape.js'
import { clientAddress } from './peers.js'

/** How many sessions, and in how many milliseconds. */
export interface RateLimitOptions {
  max: number
  windowMs: number
}

/** What is counted: everything, since there is no list of addresses that pass uncounted. */
type Usage = Exclude<Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>, { isAllowed: true }>

/** Addresses that are remembered; beyond it the least recent is forgotten. */
const MAX_ADDRESSES = 10_000

/**
 * Makes the hook that counts a client address's sessions (an IPv6 client's /64) and refuses those past the limit. The
 * counts go with JSON answers, in the syntax of draft-ietf-httpapi-ratelimit-headers.
 */
export async function createRateLimit (app: FastifyInstance, { max, windowMs }: RateLimitOptions): Promise<onRequestAsyncHookHandler> {
  await app.register(rateLimit, { global: false, max, timeWindow: windowMs, cache: MAX_ADDRESSES, keyGenerator: (request) => normalizeIP(clientAddress(request)) })
  const count = app.createRateLimit()
  const policy = `"session";q=${max};w=${Math.ceil(windowMs / 1000)}`

  return async (request, reply) => {
    const usage = await count(request) as Usage
    if (!isNavigation(request.headers)) {
      reply.headers({ 'ratelimit-policy': policy, ratelimit: `"session";r=${usage.remaining};t=${usage.ttlInSeconds}` })
    }
    if (usage.isExceeded) throw new BrokerError('rate_limited', { retryAfter: usage.ttlInSeconds })
  }
}
