import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { ErrorCode, Level } from '../errors.js'
import { clientAddress } from './peers.js'

/** What the parts that a request passes leave for its log line. */
export interface RequestFacts {
  /** The client's. A client that has left has none any more, so it is read as the request begins. */
  address: string
  consumer_id?: string
  code?: ErrorCode
  /** Where it is traced: the IDs of its trace and of its span there. */
  trace_id?: string
  span_id?: string
  /** Another's, that was asked for. */
  refused_consumer_id?: string
  /** Why a credential does not count. */
  identity_failure?: string
  /** Of what there is too much. */
  overload?: string
  /** What broke its body off, by Node's code. */
  failure?: string
  /** Which limit was met. */
  limit?: string
  /** Claims that should have filled `consumer_metadata` and do not fit. */
  claims_left_out?: readonly string[]
  /** Of a call to Apideck: milliseconds, and how many requests went out. */
  upstream_duration_ms?: number
  upstream_calls?: number
  [upstream: `upstream_${string}`]: unknown
}

declare module 'fastify' {
  interface FastifyRequest {
    facts: RequestFacts
    /** The level of the request's log line. */
    outcome: Level | 'debug'
  }
  interface FastifyContextConfig {
    /** Requests that say nothing, such as a probe's, are logged at `debug`. */
    quiet?: boolean
  }
}

/** One log line a request, whatever becomes of it. Neither its URL nor a header is in it. */
export const telemetry = fp(async (app: FastifyInstance) => {
  app.decorateRequest('facts')
  app.decorateRequest('outcome')
  app.addHook('onRequest', async (request, reply) => {
    const { config, url: route } = request.routeOptions
    request.facts = { address: clientAddress(request) }
    request.outcome = config.quiet === true ? 'debug' : 'info'
    reply.raw.once('close', () => {
      const isAnswered = reply.raw.writableFinished
      request.log[request.outcome]({
        method: request.method,
        route,
        status: isAnswered ? reply.statusCode : undefined,
        duration_ms: Math.round(reply.elapsedTime),
        ...request.facts,
      }, isAnswered ? 'request completed' : 'request abandoned by the client')
    })
  })
}, { name: 'telemetry' })
