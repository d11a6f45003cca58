import { Type, type Static } from '@sinclair/typebox'
import { MintedSessionSchema } from './minted-session.js'
import { FaultSchema } from './problem.js'

const { session_uri: uri, session_token: token } = MintedSessionSchema.properties

/** A session as Apideck answers with it, and so what its SDKs read. */
export const EnvelopeSchema = Type.Object({
  status_code: Type.Literal(200),
  status: Type.Literal('OK'),
  data: Type.Object({ session_uri: uri, session_token: token }, { additionalProperties: false }),
}, { additionalProperties: false })

/** A session, for an SDK. */
export type Envelope = Static<typeof EnvelopeSchema>

/**
 * An error as Apideck writes it, and so what the errors of its SDKs hold. `detail` may be text or an object there: here
 * it is what a problem has beyond that.
 */
export const ApideckErrorSchema = Type.Object({
  status_code: Type.Integer({ description: 'The status.' }),
  error: Type.String({ description: 'Its phrase.' }),
  type_name: Type.String({ description: 'The kind of error: Apideck\'s own name where it has one, else made of `detail.code`.' }),
  message: Type.String({ description: 'What happened and what to do, for people.' }),
  detail: Type.Object({
    code: Type.String({ description: 'The kind of error, for programs. Stable.' }),
    request_id: Type.String({ description: 'As in `X-Request-Id`.' }),
    errors: Type.Optional(Type.Array(FaultSchema)),
  }, { additionalProperties: false }),
  ref: Type.String({ description: 'Where the kind of error is documented.' }),
}, { additionalProperties: false })

/** An error's body, for an SDK. */
export type ApideckError = Static<typeof ApideckErrorSchema>
