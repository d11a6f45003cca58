import { BrokerError, catalogue, type ErrorCode, type Fault } from '../errors.js'
import { toApideckError } from '../plugins/apideck-error.js'
import { toProblem } from '../plugins/problems.js'
import type { AnswerShape } from '../policy/answer-shape.js'
import { REQUEST_ID } from './examples.js'
import { headersWith, type HeaderName } from './headers.js'

const faults: Partial<Record<ErrorCode, Fault>> = {
  invalid_request: { pointer: '/redirectUri', message: 'is not a known property; did you mean redirect_uri?' },
  policy_violation: { pointer: '/theme/vault_name', message: 'may not be set by callers' },
  redirect_uri_not_allowed: { pointer: '/redirect_uri', message: 'must be canonical, and at an origin that the operator has listed' },
  session_rejected: { pointer: '/settings/session_length', message: 'was not accepted by Apideck' },
}

/** A problem of each code, as it is answered. */
export const problemOf = (code: ErrorCode) => {
  const fault = faults[code]
  return toProblem(new BrokerError(code, fault === undefined ? {} : { errors: [fault] }), REQUEST_ID)
}

/** An example of each code, by its name, with what to make of it. */
export function errorExamples (codes: readonly ErrorCode[]): Record<string, object> {
  return Object.fromEntries(codes.map((code) => [code, { summary: catalogue[code].title, value: problemOf(code) }]))
}

const SOMETIMES: Readonly<Record<number, readonly HeaderName[]>> = { 401: ['WWW-Authenticate'], 405: ['Allow'], 429: ['Retry-After'], 503: ['Retry-After'] }

/** The answers of a route to what can go wrong, a status each with every code that it may be of. */
export function errorResponses (codes: readonly ErrorCode[], shape: AnswerShape, more: readonly HeaderName[]): Record<string, object> {
  const statuses = [...new Set(codes.map((code) => catalogue[code].status))]
  return Object.fromEntries(statuses.map((status) => {
    const those = codes.filter((code) => catalogue[code].status === status)
    return [status, {
      description: those.map((code) => `\`${code}\`: ${catalogue[code].detail}`).join('\n\n'),
      headers: headersWith([...more, ...SOMETIMES[status] ?? []]),
      content: shape === 'apideck' ? forSdks(those) : forAll(those),
    }]
  }))
}

function forAll (codes: readonly ErrorCode[]) {
  return {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
    },
    'text/html': { schema: { type: 'string', description: 'For a navigation: the same facts as a page.' } },
  }
}

function forSdks (codes: readonly ErrorCode[]) {
  return {
    'application/json': {
      schema: { $ref: '#/components/schemas/ApideckError' },
      examples: Object.fromEntries(codes.map((code) => [code, { summary: catalogue[code].title, value: toApideckError(problemOf(code)) }])),
    },
  }
}
