import { Type, type Static } from '@sinclair/typebox'
import { SessionLengthSchema, SessionSchema, sessionPaths } from './session.js'

const ClaimSchema = Type.String({ minLength: 1, maxLength: 255, 'x-expected': 'the name of a claim' })

/** The file that `SESSION_POLICY_FILE` names: what the operator sets for sessions, and what callers may. */
export const SessionPolicySchema = Type.Partial(Type.Object({
  /** Fills in, field by field, what the caller leaves out. */
  session: SessionSchema,
  /** What callers may set; without it, everything. */
  caller_fields: Type.Array(
    Type.Unsafe<string>({
      type: 'string',
      enum: sessionPaths,
      'x-expected': 'a property of a Session, such as theme or settings.unified_apis',
    }),
    { maxItems: sessionPaths.length, 'x-expected': 'an array of properties of a Session' }
  ),
  /** The longest session that a caller may ask for, and what is sent where none is asked for and it is under an hour. */
  max_session_length: SessionLengthSchema,
  /** Which verified claim fills which member of `consumer_metadata`. */
  consumer_metadata_claims: Type.Partial(Type.Object({
    account_name: ClaimSchema,
    user_name: ClaimSchema,
    email: ClaimSchema,
    image: ClaimSchema,
  }), { additionalProperties: false, 'x-expected': 'an object of claim names' }),
}), { additionalProperties: false, 'x-expected': 'an object' })

/** The operator's rules, as their file has them. */
export type SessionPolicy = Static<typeof SessionPolicySchema>
