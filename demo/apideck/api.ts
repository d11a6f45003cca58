/**
 * A stand-in for `POST https://unify.apideck.com/vault/sessions`: as strict as Apideck's documentation, and able to
 * fail on demand (see `faults.ts`). It remembers every request as it came in, so that tests can compare what was
 * really on the wire.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Value } from '@sinclair/typebox/value'
import fastify, { type FastifyError, type FastifyRequest } from 'fastify'
import { WEEK, durationSeconds } from './duration.js'
import { ApideckError, errorBody, invalidBody, invalidHeaders, invalidState, notFound, unauthorized } from './errors.js'
import { delayOf, faults } from './faults.js'
import { type Session, SessionSchema } from './session-schema.js'
import type { Tokens } from './tokens.js'

const DEFAULT_LIFETIME = '1h'

export interface ReceivedRequest {
  method: string
  url: string
  /** Names and values in turn, in the order and the case in which they were sent. */
  rawHeaders: string[]
  body: string
}

export interface ApiOptions {
  apiKey: string
  appId: string
  tokens: Tokens
  requests: ReceivedRequest[]
  vaultOrigin: string
}

export function createApi ({ apiKey, appId, tokens, requests, vaultOrigin }: ApiOptions) {
  const app = fastify({ forceCloseConnections: true })

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('Request-Id', randomUUID())
  })

  app.addHook('preHandler', async (request) => {
    const { method, url, raw } = request
    requests.push({ method, url, rawHeaders: raw.rawHeaders, body: bodyOf(request) })
  })

  app.setErrorHandler((error: ApideckError | FastifyError, _request, reply) => {
    if (!(error instanceof ApideckError)) throw error
    const { answer } = error
    return reply.code(answer.status).headers({ ...answer.headers }).send(errorBody(answer))
  })

  app.setNotFoundHandler(async ({ method, url }) => {
    throw notFound(`${method} ${url} does not exist`)
  })

  app.post('/vault/sessions', async (request) => {
    const consumerId = checkHeaders(request, apiKey, appId)
    await obeyConsumer(consumerId)

    const session = parseSession(bodyOf(request))
    const token = await tokens.mint(
      { ...session, consumer_id: consumerId, application_id: appId, scopes: [] },
      lifetimeOf(session)
    )
    return {
      status_code: 200,
      status: 'OK',
      data: { session_uri: `${vaultOrigin}/session/${token}`, session_token: token },
    }
  })

  return app
}

function bodyOf (request: FastifyRequest) {
  return typeof request.body === 'string' ? request.body : ''
}

/** The consumer ID of a request whose headers are in order. */
function checkHeaders ({ headers, body }: FastifyRequest, apiKey: string, appId: string) {
  if (headers.authorization !== `Bearer ${apiKey}`) throw unauthorized('Invalid API key')
  for (const name of ['x-apideck-app-id', 'x-apideck-consumer-id']) {
    if (!headers[name]) throw invalidHeaders(`Missing Header: ${name}`)
  }
  if (headers['x-apideck-app-id'] !== appId) throw unauthorized('Unknown application')
  if (body !== undefined && !/^application\/json(;|$)/i.test(headers['content-type'] ?? '')) {
    throw invalidHeaders('Invalid Header: content-type')
  }
  if (!/application\/(json|\*)|\*\/\*/i.test(headers.accept ?? '*/*')) throw invalidHeaders('Invalid Header: accept')
  return String(headers['x-apideck-consumer-id'])
}

/** Waits, for ever if need be, and fails, as the consumer ID demands. */
async function obeyConsumer (consumerId: string) {
  const ms = delayOf(consumerId)
  if (ms === Infinity) await new Promise(() => {})
  // Unreferenced, so that an answer which is still due keeps no process alive.
  if (ms > 0) await delay(ms, undefined, { ref: false })

  const fault = faults.get(consumerId)
  if (fault) throw new ApideckError(fault)
}

function parseSession (text: string): Session {
  const body = parseJson(text === '' ? '{}' : text)
  if (Value.Check(SessionSchema, body)) return body

  const faultsByProperty = [...Value.Errors(SessionSchema, body)]
    .map(({ path, message }) => [path.slice(1).replaceAll('/', '.'), message])
  throw invalidBody(Object.fromEntries(faultsByProperty))
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalidBody('The body is not valid JSON')
  }
}

function lifetimeOf ({ settings }: Session) {
  const seconds = durationSeconds(settings?.session_length ?? DEFAULT_LIFETIME)
  if (seconds === undefined) throw invalidState({ 'settings.session_length': 'is not a duration' })
  if (seconds > WEEK) throw invalidState({ 'settings.session_length': 'must be 1 week at most' })
  return seconds
}
