import { Type, type Static } from '@sinclair/typebox'

/** What a program gets for a Session. Both of the first two are bearer credentials, valid until `expires_at`. */
export const MintedSessionSchema = Type.Object({
  session_uri: Type.String({ description: 'The hosted vault: redirect the browser here. A credential.' }),
  session_token: Type.String({ description: 'For Vault JS: `ApideckVault.open({ token })`. A credential.' }),
  expires_at: Type.Optional(Type.String({ description: 'ISO 8601 in UTC. Left out where Apideck does not tell.' })),
}, { additionalProperties: false })

/** A session, as programs get it. */
export type MintedSession = Static<typeof MintedSessionSchema>
