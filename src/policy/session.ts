import { BrokerError, type Fault } from '../errors.js'
import type { SessionPolicy } from '../schemas/policy.js'
import { MAX_SESSION_BYTES, sessionBranches, type Session } from '../schemas/session.js'
import { DEFAULT_SESSION_SECONDS, MAX_SESSION_SECONDS, sessionSeconds } from '../schemas/session-length.js'
import { allowedRedirectUri } from './redirect-uri.js'

/** The operator's rules for sessions. */
export interface SessionRules {
  policy: SessionPolicy
  redirectUris: readonly string[]
}

type Branch = Record<string, unknown>

/**
 * The Session that goes upstream: what the caller asked for, if policy permits it, filled in with the operator's
 * own settings.
 *
 * @throws BrokerError `payload_too_large`, `policy_violation`, `redirect_uri_not_allowed`
 */
export function applyPolicy (asked: Session, { policy, redirectUris }: SessionRules): Session {
  // A form is no JSON, and JSON can be written in several ways: what came in may be shorter than what goes out.
  if (Buffer.byteLength(JSON.stringify(asked)) > MAX_SESSION_BYTES) {
    throw new BrokerError('payload_too_large', { detail: 'The Session may have at most 16 KiB, written as JSON.' })
  }
  const violations = [...forbiddenFields(asked, policy.caller_fields), ...tooLong(asked, policy.max_session_length)]
  if (violations.length > 0) throw new BrokerError('policy_violation', { errors: violations })
  const session = boundLength(fillIn(asked, policy.session ?? {}), policy.max_session_length)
  return session.redirect_uri === undefined
    ? session
    : { ...session, redirect_uri: allowedRedirectUri(session.redirect_uri, redirectUris) }
}

/** What callers set though they may not; a permitted branch permits its fields. */
function forbiddenFields (asked: Session, permitted: readonly string[] | undefined): Fault[] {
  if (permitted === undefined) return []
  return fieldsOf(asked)
    .filter(([name, field]) => !permitted.includes(name) && !(field !== undefined && permitted.includes(`${name}.${field}`)))
    .map((path) => ({ pointer: pointerTo(path), message: 'may not be set by callers' }))
}

function tooLong (asked: Session, maximum: string | undefined): Fault[] {
  const length = sessionSeconds(asked.settings?.session_length) ?? 0
  if (length <= (sessionSeconds(maximum) ?? MAX_SESSION_SECONDS)) return []
  return [{ pointer: '/settings/session_length', message: `must be at most ${maximum}` }]
}

/** Sends the maximum where no length is asked for and Apideck's own default would be longer. */
function boundLength (session: Session, maximum: string | undefined): Session {
  const isShorter = (sessionSeconds(maximum) ?? MAX_SESSION_SECONDS) < DEFAULT_SESSION_SECONDS
  if (maximum === undefined || !isShorter || session.settings?.session_length !== undefined) return session
  return { ...session, settings: { ...session.settings, session_length: maximum } }
}

function fillIn (asked: Session, defaults: Session): Session {
  const merged: Branch = { ...defaults, ...asked }
  for (const name of sessionBranches.keys()) {
    const [theirs, ours] = [(asked as Branch)[name], (defaults as Branch)[name]]
    if (theirs !== undefined && ours !== undefined) merged[name] = { ...ours, ...theirs }
  }
  return merged
}

/** The fields that are set: `[name]`, or `[branch, field]`. A branch without fields sets nothing. */
function fieldsOf (session: Session): Array<[name: string, field?: string]> {
  return Object.entries(session).flatMap(([name, value]): Array<[string, string?]> =>
    sessionBranches.has(name) ? Object.keys(value).map((field) => [name, field]) : [[name]])
}

function pointerTo (path: [name: string, field?: string]): string {
  return `/${path.join('/')}`
}
