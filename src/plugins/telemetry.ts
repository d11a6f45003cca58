import type { FastifyInstance, FastifyRequest } from 'fastify'
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

/** Hears of a request that has ended. The status is that of its answer; there is none where the client left before it was out. */
export type OnEnd = (request: FastifyRequest, status: number | undefined, durationMs: number) => void

declare module 'fastify' {
  interface FastifyInstance {
    /** Has each request told of once it has ended, behind its log line. */
    onEnd: (listener: OnEnd) => void
  }
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
  const listeners: OnEnd[] = [logLine]
  app.decorate('onEnd', (listener) => { listeners.push(listener) })
  app.addHook('onRequest', async (request, reply) => {
    request.facts = { address: clientAddress(request) }
    request.outcome = request.routeOptions.config.quiet === true ? 'debug' : 'info'
    reply.raw.once('close', () => {
      const status = reply.raw.writableFinished ? reply.statusCode : undefined
      for (const listener of listeners) listener(request, status, reply.elapsedTime)
    })
  })
}, { name: 'telemetry' })

const logLine: OnEnd = ({ log, outcome, method, routeOptions: { url: route }, facts }, status, durationMs) => {
  log[outcome]({ method, route, status, duration_ms: Math.round(durationMs), ...facts },
    status === undefined ? 'request abandoned by the client' : 'request completed')
}
