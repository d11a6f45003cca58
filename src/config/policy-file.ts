import { Ajv } from 'ajv'
import { describeFaults } from '../schemas/faults.js'
import { SessionPolicySchema, type SessionPolicy } from '../schemas/policy.js'
import { matchRedirectUri } from '../schemas/redirect-uri.js'
import { MAX_SESSION_SECONDS, sessionSeconds } from '../schemas/session-length.js'
import { strictOptions, vocabulary } from '../schemas/vocabulary.js'

/** The most that the operator adds to a caller's 16 KiB, in bytes. */
const MAX_BYTES = 4_096

/** What a policy is held against. */
export interface PolicyContext {
  /** What `ALLOWED_REDIRECT_URIS` allows. */
  redirectUris: readonly string[]
  identity: string
}

/** A session policy from the text of its file; without one there are no rules. What is wrong goes to `faults`, by pointer. */
export function readPolicy (text: string | undefined, context: PolicyContext, faults: string[]): SessionPolicy {
  if (text === undefined) return {}
  const policy = parse(text)
  const validate = new Ajv({ ...strictOptions, ...vocabulary }).compile<SessionPolicy>(SessionPolicySchema)
  const isValid = validate(policy)
  const misfits = describeFaults(validate.errors ?? []).map(({ pointer, message }) => `${pointer || 'the whole'} ${message}`)
  if (policy === undefined) faults.push('SESSION_POLICY_FILE names a file that is not JSON')
  else faults.push(...(isValid ? unworkable(policy, context) : misfits).map((fault) => `SESSION_POLICY_FILE: ${fault}`))
  return isValid ? policy : {}
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Why a policy that fits its schema could still not work. */
function unworkable (policy: SessionPolicy, { redirectUris, identity }: PolicyContext): string[] {
  const faults: string[] = []
  const redirectUri = policy.session?.redirect_uri
  if (redirectUri !== undefined && matchRedirectUri(redirectUri, redirectUris) === undefined) {
    faults.push('/session/redirect_uri must be allowed by ALLOWED_REDIRECT_URIS')
  }
  const length = sessionSeconds(policy.session?.settings?.session_length) ?? 0
  const maximum = sessionSeconds(policy.max_session_length) ?? MAX_SESSION_SECONDS
  if (length > maximum) faults.push('/session/settings/session_length must not be longer than /max_session_length')
  if (Buffer.byteLength(JSON.stringify(policy.session ?? {})) > MAX_BYTES) faults.push(`/session must have at most ${MAX_BYTES} bytes`)
  if (policy.consumer_metadata_claims !== undefined) {
    if (identity !== 'jwt') faults.push(`/consumer_metadata_claims needs verified claims, which IDENTITY=${identity} does not have`)
    const open = policy.caller_fields?.findIndex((name) => name.startsWith('consumer_metadata')) ?? -1
    if (open >= 0) faults.push(`/caller_fields/${open} must not be consumer_metadata, which /consumer_metadata_claims fills`)
  }
  return faults
}
