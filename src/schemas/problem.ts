import { Type, type Static } from '@sinclair/typebox'

/** RFC 9457, with our own members `code`, `request_id` and `errors`. */
export const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  request_id: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({
    /** JSON Pointer (RFC 6901) into the body. */
    pointer: Type.String(),
    message: Type.String(),
  }, { additionalProperties: false }))),
}, { additionalProperties: false })

/** An error's body. */
export type Problem = Static<typeof ProblemSchema>

/** Where in a body something is wrong, and what was expected there. */
export type ProblemFault = NonNullable<Problem['errors']>[number]

/** The URI that names a code. A name, not an address: `docs/errors.md` says what each means. */
export function problemType (code: string): string {
  return `urn:vault-session-broker:problem:${code}`
}
