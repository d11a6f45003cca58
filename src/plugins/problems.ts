import type { ErrorObject } from 'ajv'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { BrokerError, type ErrorCode } from '../errors.js'
import { describeFaults } from '../schemas/faults.js'
import { problemType, type Problem } from '../schemas/problem.js'
import { shapeOf } from './answer-shape.js'
import { toApideckError } from './apideck-error.js'
import { problemPage, problemPageHeaders } from './problem-page.js'

/** Whatever is thrown ends here, as a problem of the catalogue. Stands before all that throws. */
export const problems = fp(async (app: FastifyInstance) => {
  app.setErrorHandler((thrown: FastifyError, request, reply) => answer(toBrokerError(thrown), request, reply))
}, { name: 'problems', dependencies: ['telemetry'] })

/** Refuses what no route is for. */
export const unknownRoutes = fp(async (app: FastifyInstance) => {
  // Before the body is read: what is wrong with it says nothing where nobody would take it.
  app.addHook('onRequest', async (request) => {
    if (request.is404) throw unknownRoute(app, request)
  })
  // Where the hook has let it pass: what the CORS route for OPTIONS gives back.
  app.setNotFoundHandler(async (request) => {
    throw unknownRoute(app, request)
  })
}, { name: 'unknown-routes' })

/** Answers with an error: a page for a navigation, problem+json for a program, Apideck's own object for its SDKs. */
function answer (error: BrokerError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.outcome !== 'debug') request.outcome = error.level
  Object.assign(request.facts, error.facts, { code: error.code })
  if (error.code === 'internal_error') request.log.error({ err: error.cause, trace_id: request.facts.trace_id }, 'internal error')
  const problem = toProblem(error, request.id)
  reply.code(error.status).headers(error.headers)
  // Closing on a client that still sends resets the connection, and the answer with it. Node reads the rest off, for as
  // long as a request may take.
  if (error.code === 'payload_too_large') reply.removeHeader('connection')
  switch (shapeOf(request)) {
    case 'page': return reply.headers(problemPageHeaders).send(problemPage(problem))
    case 'apideck': return reply.type('application/json').send(JSON.stringify(toApideckError(problem)))
    case 'json': return reply.type('application/problem+json').send(JSON.stringify(problem))
  }
}

/** An error as its answer's body. */
export function toProblem ({ code, title, status, message, errors }: BrokerError, requestId: string): Problem {
  return {
    type: problemType(code),
    title,
    status,
    detail: message,
    code,
    request_id: requestId,
    ...(errors === undefined ? {} : { errors: [...errors] }),
  }
}

/** Fastify's own refusals, by its codes. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
}

function toBrokerError (thrown: FastifyError): BrokerError {
  if (thrown instanceof BrokerError) return thrown
  if (thrown.validation !== undefined) {
    return new BrokerError('invalid_request', {
      detail: 'The body does not fit the Session schema: see errors.',
      errors: describeFaults(thrown.validation as ErrorObject[]),
    })
  }
  const code = CODES[thrown.code]
  if (code !== undefined) return new BrokerError(code)
  // What else Fastify blames on the caller it finds while it reads the body.
  if (thrown.statusCode !== undefined && thrown.statusCode >= 400 && thrown.statusCode < 500) {
    return new BrokerError('invalid_request', { detail: 'The body is not as long as the request says.' })
  }
  return new BrokerError('internal_error', { cause: thrown })
}

function unknownRoute (app: FastifyInstance, request: FastifyRequest): BrokerError {
  const [url = ''] = request.url.split('?', 1)
  // A path of any other kind would be read as a pattern, which the caller wrote.
  const isPath = /^[\w./-]+$/.test(url)
  const allow = (['GET', 'HEAD', 'POST'] as const).filter((method) => isPath && app.hasRoute({ method, url }))
  return allow.length === 0
    ? new BrokerError('not_found')
    : new BrokerError('method_not_allowed', { headers: { allow: allow.join(', ') } })
}
