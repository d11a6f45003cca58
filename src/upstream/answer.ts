import { BrokerError, type ErrorCode, type ErrorOptions } from '../errors.js'
import type { MintedSession } from '../schemas/minted-session.js'
import type { UpstreamError } from '../schemas/upstream.js'
import { readMintedSession } from './minted.js'
import { faultsNamedIn } from './rejection.js'
import type { CallFacts } from './upstream.js'

/** An answer of Apideck's, read. */
export interface Answer {
  status: number
  /** The JSON in its body; `undefined` where there is none. */
  body: unknown
  /** The header of that name, in seconds. */
  retryAfter: number | undefined
}

const HEADER_ERROR = 'RequestHeadersValidationError'

/**
 * The session that an answer holds.
 *
 * @throws BrokerError by the status, as the contract's table has it
 */
export function sessionIn (answer: Answer, vaultHosts: readonly string[], facts: CallFacts): MintedSession {
  if (answer.status !== 200) throw refusal(answer, facts)
  const session = readMintedSession(answer.body, vaultHosts)
  if (session === undefined) throw new BrokerError('upstream_invalid_response', { facts: { ...facts } })
  return session
}

function refusal (answer: Answer, facts: CallFacts): BrokerError {
  const error = errorIn(answer.body)
  const code = classify(answer.status, error)
  const options: ErrorOptions = { facts: { ...facts } }
  if (code === 'session_rejected' && error !== undefined) {
    const errors = faultsNamedIn(error)
    if (errors.length > 0) options.errors = errors
  }
  const mayWait = code === 'upstream_rate_limited' || code === 'upstream_unavailable'
  if (mayWait && answer.retryAfter !== undefined) options.retryAfter = answer.retryAfter
  return new BrokerError(code, options)
}

/** A 400 or 422 is about the Session where it comes with an error object, as Apideck's all do, that does not blame the headers. */
function classify (status: number, error: UpstreamError | undefined): ErrorCode {
  switch (status) {
    case 400:
    case 422: return error === undefined || error.type_name === HEADER_ERROR ? 'upstream_rejected' : 'session_rejected'
    case 401:
    case 403: return 'upstream_auth_failed'
    case 402: return 'upstream_limit_reached'
    case 425:
    case 429: return 'upstream_rate_limited'
    case 408:
    case 504: return 'upstream_timeout'
    case 503: return 'upstream_unavailable'
  }
  if (status >= 400 && status < 500) return 'upstream_rejected'
  return status >= 500 ? 'upstream_error' : 'upstream_invalid_response'
}

/** Apideck's error object, or `undefined` where the body is something else. */
export function errorIn (body: unknown): UpstreamError | undefined {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined
}
