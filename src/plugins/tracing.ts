import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { ErrorCode } from '../errors.js'
import type { IsTrusted } from './peers.js'

/** The parts of a request's way that have spans of their own. */
export type Part = 'identity' | 'upstream'

/** Short names and numbers, as the log has them. */
export type Facts = object

/**
 * Does a part of the work. What it finds out, `factsOf` tells where it succeeds, and its error where it does not.
 */
export type Within = <T>(part: Part, work: () => Promise<T>, factsOf?: (result: T) => Facts) => Promise<T>

/** The span of a request. */
export interface RequestSpan {
  traceId: string
  spanId: string
  within: Within
  /** @param status of the answer; nothing where the client left first */
  end (status: number | undefined, code: ErrorCode | undefined): void
}

/** Who makes spans. */
export interface Tracer {
  /**
   * @param route the pattern; nothing for an unknown path
   * @param headers those that tell of the trace that it is part of
   */
  begin (request: { id: string, method: string, route: string | undefined, headers: IncomingHttpHeaders }): RequestSpan
}

/** Without a tracer, work is done and nothing told of it. */
export interface TracingOptions {
  tracer: Tracer | undefined
  isTrusted: IsTrusted
}

declare module 'fastify' {
  interface FastifyRequest {
    within: Within
    span: RequestSpan | undefined
  }
}

/**
 * Gives each request a span that goes on with its gateway's trace, and the log the IDs to find it by. A trace that
 * somebody else names is theirs and no part of ours. Requests that say nothing, such as a probe's, have none.
 */
export const tracing = fp(async (app: FastifyInstance, { tracer, isTrusted }: TracingOptions) => {
  app.decorateRequest('within', (_part, work) => work())
  if (tracer === undefined) return
  app.decorateRequest('span')
  app.addHook('onRequest', async (request) => {
    const { id, method, headers, facts, socket, routeOptions: { config, url: route } } = request
    if (config.quiet === true) return
    const span = tracer.begin({ id, method, route, headers: isTrusted(socket.remoteAddress) ? headers : {} })
    request.span = span
    request.within = span.within
    facts.trace_id = span.traceId
    facts.span_id = span.spanId
  })
  app.onEnd(({ span, facts: { code } }, status) => span?.end(status, code))
}, { name: 'tracing', dependencies: ['telemetry'] })
