import { BrokerError, type Fault } from '../errors.js'
import type { SessionPolicy } from '../schemas/policy.js'
import { MAX_SENT_BYTES, MAX_SESSION_BYTES, sessionBranches, type Session } from '../schemas/session.js'
import { DEFAULT_SESSION_SECONDS, MAX_SESSION_SECONDS, sessionSeconds } from '../schemas/session-length.js'
import type { ConsumerMetadata } from './consumer-metadata.js'
import { allowedRedirectUri } from './redirect-uri.js'

/** The operator's rules for sessions. */
export interface SessionRules {
  policy: SessionPolicy
  redirectUris: readonly string[]
}

type Branch = Record<string, unknown>

/**
 * The Session that goes upstream: what the caller asked for, if policy permits it, filled in with the operator's own
 * settings.
 *
 * @param metadata what verified claims tell of the consumer; it counts before the operator's settings
 * @throws BrokerError `payload_too_large`, `policy_violation`, `redirect_uri_not_allowed`
 */
export function applyPolicy (asked: Session, { policy, redirectUris }: SessionRules, metadata: ConsumerMetadata): Session {
  // A form is no JSON, and JSON can be written in several ways: what came in may be shorter than what goes out.
  holdTo(MAX_SESSION_BYTES, asked, 'The Session may have at most 16 KiB, written as JSON.')
  const violations = [...forbiddenFields(asked, policy), ...tooLong(asked, policy.max_session_length)]
  if (violations.length > 0) throw new BrokerError('policy_violation', { errors: violations })
  const told = Object.keys(metadata).length === 0 ? asked : { ...asked, consumer_metadata: metadata }
  const session = boundLength(fillIn(told, policy.session ?? {}), policy.max_session_length)
  holdTo(MAX_SENT_BYTES, session, 'The Session may have at most 20 KiB with what the operator and the token add to it, written as JSON.')
  return session.redirect_uri === undefined
    ? session
    : { ...session, redirect_uri: allowedRedirectUri(session.redirect_uri, redirectUris) }
}

function holdTo (maximum: number, session: Session, detail: string): void {
  if (Buffer.byteLength(JSON.stringify(session)) > maximum) throw new BrokerError('payload_too_large', { detail })
}

/** The properties that a caller sets, as dotted paths: `redirect_uri`, `settings.unified_apis`. */
export function askedFields (asked: Session): string[] {
  return fieldsOf(asked).map((path) => path.join('.'))
}

/** What callers set though they may not; a permitted branch permits its fields. What claims fill is not theirs to set. */
function forbiddenFields (asked: Session, { caller_fields: permitted, consumer_metadata_claims: claims }: SessionPolicy): Fault[] {
  const isPermitted = ([name, field]: [string, string?]) =>
    !(claims !== undefined && name === 'consumer_metadata') &&
    (permitted === undefined || permitted.includes(name) || (field !== undefined && permitted.includes(`${name}.${field}`)))
  return fieldsOf(asked)
    .filter((path) => !isPermitted(path))
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
