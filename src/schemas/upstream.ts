import { Type, type Static } from '@sinclair/typebox'

/** The part of Apideck's answer that we use. More may be there. */
export const UpstreamSessionSchema = Type.Object({
  data: Type.Object({
    session_uri: Type.String({ minLength: 1 }),
    session_token: Type.String({ minLength: 1 }),
  }),
})

/** An answer that holds a session. */
export type UpstreamSession = Static<typeof UpstreamSessionSchema>

/** Apideck's error object: every member may be missing, and `detail` is text or an object. */
export interface UpstreamError {
  type_name?: unknown
  message?: unknown
  detail?: unknown
}
