/**
 * Every error the broker answers with, a row each. Two rules make the map: a 4xx is something this caller can mend,
 * and 401 is only ever the caller's own credential, so that a broken API key never logs a user out.
 */

/** The level of the one log line that a request ends with. `error` is one that an operator must see to. */
export type Level = 'info' | 'warn' | 'error'

interface Row {
  status: number
  level: Level
  title: string
  /** What happened and what to do, where the thrower says nothing more exact. */
  detail: string
  /** Seconds, sent as `Retry-After` where the thrower knows nothing better. */
  retryAfter?: number
}

const rows = {
  // What the caller did.
  invalid_request: { status: 400, level: 'info', title: 'Invalid request', detail: 'The request cannot be read as the Session it should hold.' },
  unauthenticated: { status: 401, level: 'info', title: 'Not signed in', detail: 'A valid credential is needed to open a vault.' },
  origin_not_allowed: { status: 403, level: 'info', title: 'Origin not allowed', detail: 'Requests from this page are not accepted here. The page must be on an origin that the operator has listed.' },
  consumer_not_allowed: { status: 403, level: 'info', title: 'Consumer not allowed', detail: 'The caller is not entitled to the consumer in x-apideck-consumer-id.' },
  not_found: { status: 404, level: 'info', title: 'Not found', detail: 'There is nothing at this path.' },
  method_not_allowed: { status: 405, level: 'info', title: 'Method not allowed', detail: 'This path does not take this method. The Allow header lists those it takes.' },
  payload_too_large: { status: 413, level: 'info', title: 'Body too large', detail: 'The body may have at most 16 KiB.' },
  unsupported_media_type: { status: 415, level: 'info', title: 'Unsupported content type', detail: 'The body must be application/json or, at /vault-session, application/x-www-form-urlencoded.' },
  policy_violation: { status: 422, level: 'info', title: 'Not permitted by policy', detail: 'The operator does not let callers set these properties, or not to these values: see errors.' },
  redirect_uri_not_allowed: { status: 422, level: 'info', title: 'Redirect URI not allowed', detail: 'redirect_uri must be a canonical https URL without userinfo or fragment, at an origin that the operator has listed.' },
  rate_limited: { status: 429, level: 'info', title: 'Too many requests', detail: 'Too many sessions were asked for, or too many credentials refused. Try again in a moment; Retry-After says when.' },

  // What happened upstream.
  session_rejected: { status: 422, level: 'info', title: 'Session rejected', detail: 'Apideck does not accept this Session. Where it named properties, errors points to them.' },
  upstream_rejected: { status: 502, level: 'error', title: 'Request rejected upstream', detail: 'Apideck refused the request for a reason that the caller cannot mend.' },
  upstream_auth_failed: { status: 502, level: 'error', title: 'Service misconfigured', detail: 'Apideck does not accept the credentials of this service. Its operator has to act; signing in again does not help.' },
  upstream_limit_reached: { status: 503, level: 'error', title: 'Plan limit reached', detail: 'The Apideck plan of this service is at its limit. Its operator has to act.' },
  upstream_rate_limited: { status: 503, level: 'warn', title: 'Apideck is busy', detail: 'Apideck asks to slow down. Try again in a moment; Retry-After says when.', retryAfter: 5 },
  upstream_timeout: { status: 504, level: 'warn', title: 'Apideck took too long', detail: 'Apideck did not answer in time. Trying again is safe.' },
  upstream_unavailable: { status: 503, level: 'warn', title: 'Apideck is unavailable', detail: 'Apideck is unavailable for the moment. Try again in a moment; Retry-After says when.', retryAfter: 5 },
  upstream_error: { status: 502, level: 'warn', title: 'Apideck failed', detail: 'Apideck answered with an error of its own. Trying again is safe.' },
  upstream_unreachable: { status: 502, level: 'warn', title: 'Apideck cannot be reached', detail: 'No connection to Apideck could be used. Trying again is safe.' },
  upstream_invalid_response: { status: 502, level: 'error', title: 'Unusable answer from Apideck', detail: 'Apideck answered with something other than a session that may be passed on.' },
  overloaded: { status: 503, level: 'warn', title: 'Overloaded', detail: 'More requests are under way than this service takes. Try again in a moment; Retry-After says when.', retryAfter: 1 },

  // What happened here.
  internal_error: { status: 500, level: 'error', title: 'Internal error', detail: 'Something is wrong in this service. Quote the request ID to its operator.' },
  shutting_down: { status: 503, level: 'info', title: 'Shutting down', detail: 'This instance is about to stop. Another one can serve the request.', retryAfter: 1 },
  identity_unavailable: { status: 503, level: 'warn', title: 'Sign-in cannot be checked', detail: 'The keys that credentials are checked with cannot be had for the moment. Signing in again does not help.', retryAfter: 5 },
} as const satisfies Record<string, Row>

/** A stable name of what went wrong, for programs. */
export type ErrorCode = keyof typeof rows

/** The catalogue: status, level, title and standing words of each code. */
export const catalogue: Readonly<Record<ErrorCode, Readonly<Row>>> = rows

/** Where in the body something is wrong (a JSON Pointer, RFC 6901) and what was expected there. Never the value. */
export interface Fault {
  pointer: string
  message: string
}

/** What the one who throws knows beyond the row. */
export interface ErrorOptions {
  /** Words for this case, in place of the row's own. Seen by the caller: no value, address or upstream text. */
  detail?: string
  errors?: readonly Fault[]
  /** Seconds. */
  retryAfter?: number
  /** Further response headers that the status demands, such as `Allow` or `WWW-Authenticate`. */
  headers?: Readonly<Record<string, string>>
  /** Facts for the log line alone. */
  facts?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/** The one error that is thrown on purpose. `plugins/problems` turns it into an answer. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError'
  readonly code: ErrorCode
  readonly status: number
  readonly level: Level
  readonly title: string
  readonly errors: readonly Fault[] | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly facts: Readonly<Record<string, unknown>>

  constructor (code: ErrorCode, options: ErrorOptions = {}) {
    const row = catalogue[code]
    super(options.detail ?? row.detail, { cause: options.cause })
    this.code = code
    this.status = row.status
    this.level = row.level
    this.title = row.title
    this.errors = options.errors
    const retryAfter = options.retryAfter ?? row.retryAfter
    this.headers = retryAfter === undefined ? { ...options.headers } : { ...options.headers, 'retry-after': String(retryAfter) }
    this.facts = options.facts ?? {}
  }
}
