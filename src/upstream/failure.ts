import { BrokerError, type ErrorCode } from '../errors.js'
import type { CallFacts } from './upstream.js'

/** Told by their name: the code is a number, or not always there. */
const NAMED = new Set(['TimeoutError', 'AbortError', 'HTTPParserError'])

const TIMEOUTS = new Set([
  'TimeoutError', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT',
])
/** Of these, those of a connection that never was. */
const CONNECT_TIMEOUTS = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'])

/** An assertion is how undici meets framing that it does not expect. */
const INVALID_RESPONSES = new Set([
  'HTTPParserError', 'UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_EXCEEDED_MAX_SIZE', 'ERR_ASSERTION',
])
const CLOSED = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED'])

/** Ours, not the connection's: undici was called with something it cannot send. */
const BUG = 'UND_ERR_INVALID_ARG'

/** How undici names a 1xx that is no interim answer; it has no code of its own for it. */
const BAD_STATUS = new Set(['bad response', 'bad upgrade'])

/**
 * The broker's error for a call that got no answer, told by the code of what was thrown. What has no code is no
 * failure of a connection but a bug, and is returned as it is.
 */
export function failureOf (error: unknown, facts: CallFacts): unknown {
  if (error instanceof BrokerError || !(error instanceof Error)) return error
  const cause = codeOf(error)
  return cause === undefined || cause === BUG
    ? error
    : new BrokerError(classify(cause, error.message), { facts: { ...facts, upstream_failure: cause }, cause: error })
}

/** The broker's code for what was thrown while there was no answer; nothing for a bug, or for whoever has left. */
export function failureCode (error: unknown): ErrorCode | undefined {
  if (error instanceof BrokerError || !(error instanceof Error) || error.name === 'AbortError') return undefined
  const code = codeOf(error)
  return code === undefined || code === BUG ? undefined : classify(code, error.message)
}

/** Whether a connection failed, rather than what came over it. */
export function isConnectionFailure (error: unknown): boolean {
  return failureCode(error) === 'upstream_unreachable' || (error instanceof Error && CONNECT_TIMEOUTS.has(String(codeOf(error))))
}

function codeOf (error: Error): string | undefined {
  if (NAMED.has(error.name)) return error.name
  const code = 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

function classify (code: string, message: string): ErrorCode {
  if (TIMEOUTS.has(code)) return 'upstream_timeout'
  if (CLOSED.has(code)) return 'shutting_down'
  if (INVALID_RESPONSES.has(code) || BAD_STATUS.has(message)) return 'upstream_invalid_response'
  return 'upstream_unreachable'
}
