import { Type, type Static } from '@sinclair/typebox'

/** Where in a body something is wrong, and what was expected there. */
export const FaultSchema = Type.Object({
  pointer: Type.String({ description: 'A JSON Pointer (RFC 6901) into the body.' }),
  message: Type.String({ description: 'What was expected there. Never the value.' }),
}, { additionalProperties: false })

/** RFC 9457, with our own members `code`, `request_id` and `errors`. */
export const ProblemSchema = Type.Object({
  type: Type.String({ description: 'A name made of the code. Not an address.' }),
  title: Type.String({ description: 'The kind of error, for people.' }),
  status: Type.Integer({ description: 'The status of the answer.' }),
  detail: Type.String({ description: 'What happened and what to do, for people.' }),
  code: Type.String({ description: 'The kind of error, for programs. Stable.' }),
  request_id: Type.String({ description: 'As in `X-Request-Id`: quote it to the operator.' }),
  errors: Type.Optional(Type.Array(FaultSchema)),
}, { additionalProperties: false })

/** An error's body. */
export type Problem = Static<typeof ProblemSchema>

/** A place in a body, and what was expected there. */
export type ProblemFault = Static<typeof FaultSchema>

/** The URI that names a code. A name, not an address: `docs/errors.md` says what each means. */
export function problemType (code: string): string {
  return `urn:vault-session-broker:problem:${code}`
}
