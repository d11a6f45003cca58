import { Type, type Static } from '@sinclair/typebox'

/** What a program gets for a Session. Both of the first two are bearer credentials, valid until `expires_at`. */
export const MintedSessionSchema = Type.Object({
  /** The hosted vault: redirect the browser here. */
  session_uri: Type.String(),
  /** For Vault JS: `ApideckVault.open({ token })`. */
  session_token: Type.String(),
  /** ISO 8601 in UTC, from the token's `exp`; left out where the token cannot be decoded. */
  expires_at: Type.Optional(Type.String()),
}, { additionalProperties: false })

/** A session, as programs get it. */
export type MintedSession = Static<typeof MintedSessionSchema>
