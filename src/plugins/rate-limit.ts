import type { FastifyReply, FastifyRequest } from 'fastify'
import { BrokerError } from '../errors.js'
import type { Counter } from '../limits/counter.js'
import { limitHeaders, secondsLeft, type Limit } from '../policy/limit.js'
import { shapeOf } from './answer-shape.js'

/**
 * Counts a request under a key. What is left of the limit goes with JSON answers.
 *
 * @throws BrokerError `rate_limited` where it is past the limit
 */
export type RateLimit = (request: FastifyRequest, reply: FastifyReply, key: string) => Promise<void>

/** Makes the one for a limit. */
export function createRateLimit (limit: Limit, counter: Counter): RateLimit {
  return async (request, reply, key) => {
    const { used, resetMs } = await counter.add(key)
    if (shapeOf(request) !== 'page') reply.headers(limitHeaders(limit, used, resetMs))
    if (used > limit.max) throw new BrokerError('rate_limited', { retryAfter: secondsLeft(resetMs), facts: { limit: limit.name } })
  }
}
