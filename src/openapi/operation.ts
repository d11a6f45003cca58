import type { FastifySchema, HTTPMethods } from 'fastify'
import type { ErrorCode } from '../errors.js'
import type { AnswerShape } from '../policy/answer-shape.js'
import { CONSUMER_HEADER } from '../schemas/header-names.js'
import { errorResponses } from './errors.js'
import { envelope, minted, session } from './examples.js'
import { formEncoding } from './form.js'
import { headersWith, type HeaderName } from './headers.js'

declare module 'fastify' {
  interface FastifySchema {
    /** What the OpenAPI document says of a route. Without an ID it says nothing. */
    operationId?: string
    summary?: string
    description?: string
    tags?: readonly string[]
  }
}

/** What is known of a route. */
export interface Route {
  method: HTTPMethods
  url: string
  schema: FastifySchema
  answersAs: AnswerShape | undefined
  /** Whether it mints sessions, for callers that are known. */
  mints: boolean
}

/** What the operations of one broker have in common. */
export interface Common {
  security: ReadonlyArray<Record<string, readonly string[]>>
  /** What can go wrong on a route that mints, and on any other. */
  codes: { minting: readonly ErrorCode[], other: readonly ErrorCode[] }
}

const LIMITS = ['RateLimit-Policy', 'RateLimit'] as const satisfies readonly HeaderName[]

/** A route, as an OpenAPI operation. */
export function operationOf ({ schema, mints, answersAs = 'json' }: Route, { security, codes }: Common) {
  const { operationId, summary, description, tags } = schema
  const about = { operationId, summary, ...(description === undefined ? {} : { description }), tags }
  if (!mints) return { ...about, security: [], responses: { 200: plainAnswer(schema), ...errorResponses(codes.other, answersAs, []) } }
  return {
    ...about,
    security,
    parameters: [{ $ref: `#/components/parameters/${CONSUMER_HEADER}` }],
    requestBody: { description: 'A Session. None at all is an empty one.', content: bodies(answersAs) },
    responses: { ...sessionAnswers(answersAs), ...errorResponses(codes.minting, answersAs, LIMITS) },
  }
}

function plainAnswer ({ response }: FastifySchema) {
  const { 200: schema } = response as Record<string, object>
  return { description: 'All is well.', headers: headersWith(), content: { 'application/json': { schema } } }
}

function bodies (answersAs: AnswerShape): Record<string, object> {
  const json = { schema: { $ref: '#/components/schemas/Session' }, examples: { session: { value: session } } }
  if (answersAs === 'apideck') return { 'application/json': json }
  return {
    'application/json': json,
    'application/x-www-form-urlencoded': { schema: { $ref: '#/components/schemas/SessionForm' }, encoding: formEncoding() },
  }
}

function sessionAnswers (answersAs: AnswerShape): Record<string, object> {
  const json = (schema: string, value: object) => ({
    description: 'The session.',
    headers: headersWith(LIMITS),
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` }, examples: { session: { value } } } },
  })
  if (answersAs === 'apideck') return { 200: json('Envelope', envelope) }
  return {
    200: json('MintedSession', minted),
    302: { description: 'The session, for a navigation: a form, or a browser that prefers HTML.', headers: headersWith(['Location']) },
  }
}
