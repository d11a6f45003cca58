import { catalogue } from '../errors.js'
import type { RequestEnd } from '../plugins/measurements.js'
import type { RequestFacts } from '../plugins/telemetry.js'
import type { Instruments } from './instruments.js'

/** Where sessions are minted. */
const SESSION_ROUTES = ['/vault-session', '/vault/sessions']

/** Why a credential is refused, by the names that the log has for it. */
const REFUSALS = [
  'no_credential', 'not_a_token', 'expired', 'typ', 'claim_iss', 'claim_aud', 'claim_exp', 'claim_nbf', 'claim_iat', 'consumer_claim',
  'unusable_key', 'untrusted_peer', 'gateway_secret', 'underscore_twin', 'doubled_header', 'not_a_consumer_id', 'consumer_not_allowed',
  'ERR_JWS_INVALID', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'ERR_JOSE_ALG_NOT_ALLOWED', 'ERR_JWKS_NO_MATCHING_KEY', 'ERR_JWT_INVALID', 'other',
]

const OVERLOADS = ['circuit_open', 'too_many_wait', 'waited_too_long', 'event_loop']
const UPSTREAM_CODES = Object.keys(catalogue).filter((code) => code.startsWith('upstream_') || code === 'session_rejected')

const NONE = 'none'

/** Makes what measures how requests ended, from the facts that their log lines have. */
export function createRequestMeter (instruments: Instruments) {
  const requests = instruments.counter('requests_total', 'Requests that ended, by route, status and the code of the error.',
    ['route', 'status', 'code'])
  const durations = instruments.histogram('request_duration_seconds', 'Seconds from the headers of a request to the end of its answer.',
    ['route', 'status'])
  const minted = instruments.tally('sessions_minted_total', 'Sessions minted, those among them whose client had left.', 'route', SESSION_ROUTES)
  const refused = instruments.tally('authentication_refusals_total', 'Requests refused for their credential, by why.', 'reason', REFUSALS)
  const origins = instruments.counter('origin_refusals_total', 'Requests refused for the page that they come from.')
  const limited = instruments.tally('rate_limited_total', 'Requests past a limit, by which.', 'limit', ['session', 'authentication'])
  const overloaded = instruments.tally('overload_refusals_total', 'Sessions refused since more was asked than can be served, by what there was too much of.',
    'overload', OVERLOADS)
  const calls = instruments.histogram('upstream_call_duration_seconds', 'Seconds of a call to Apideck, with all waiting and a retry, by the code of what came of it.',
    ['code'])
  const sent = instruments.counter('upstream_requests_total', 'Requests sent to Apideck, retries among them.')
  const retries = instruments.counter('upstream_retries_total', 'Requests sent to Apideck beyond the first of a call.')
  const failed = instruments.tally('upstream_failures_total', 'Calls to Apideck that brought no session, by the code of the error.',
    'code', UPSTREAM_CODES)

  function countRefusals (facts: Readonly<RequestFacts>): void {
    const { code, limit, overload } = facts
    const reason = refusalIn(facts)
    if (reason !== undefined) refused(reason)
    if (code === 'origin_not_allowed') origins.inc()
    if (code === 'rate_limited' && limit !== undefined) limited(limit)
    if (code === 'overloaded' && overload !== undefined) overloaded(overload)
  }

  function measureCall ({ upstream_duration_ms: ms, upstream_calls: count, ...facts }: Readonly<RequestFacts>): void {
    const code: string = facts.code ?? NONE
    if (ms === undefined || count === undefined) return
    calls.observe({ code }, ms / 1_000)
    sent.inc(count)
    retries.inc(Math.max(count - 1, 0))
    if (UPSTREAM_CODES.includes(code)) failed(code)
  }

  return {
    ended ({ route = 'unknown', status: number, seconds, isMinted, facts }: RequestEnd): void {
      const status = number === undefined ? 'abandoned' : String(number)
      requests.inc({ route, status, code: facts.code ?? NONE })
      durations.observe({ route, status }, seconds)
      if (isMinted) minted(route)
      countRefusals(facts)
      measureCall(facts)
    },
    /** Counts what never became a request. */
    unreadable (status: number, code: string): void {
      requests.inc({ route: NONE, status: String(status), code })
    },
  }
}

/** Why a request's credential was refused, if it was; a credential that could not be checked was not. */
function refusalIn ({ code, limit, identity_failure: failure }: Readonly<RequestFacts>): string | undefined {
  if (code === 'identity_unavailable') return undefined
  if (failure !== undefined) return REFUSALS.includes(failure) ? failure : 'other'
  return code === 'consumer_not_allowed' || limit === 'authentication' ? 'consumer_not_allowed' : undefined
}
