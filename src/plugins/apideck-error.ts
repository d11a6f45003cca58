import { STATUS_CODES } from 'node:http'
import type { ApideckError } from '../schemas/apideck.js'
import type { Problem } from '../schemas/problem.js'

/** What Apideck calls the same. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  invalid_request: 'RequestValidationError',
  unauthenticated: 'UnauthorizedError',
  not_found: 'EntityNotFoundError',
}

/** A problem as Apideck would write it, so that its SDKs make their errors of it. */
export function toApideckError ({ status, code, detail, request_id: requestId, errors }: Problem): ApideckError {
  return {
    status_code: status,
    error: String(STATUS_CODES[status]),
    type_name: TYPE_NAMES[code] ?? typeName(code),
    message: detail,
    detail: { code, request_id: requestId, ...(errors === undefined ? {} : { errors }) },
    ref: `/openapi.json#/components/examples/${code}`,
  }
}

/** `policy_violation` is a `PolicyViolationError`. */
function typeName (code: string): string {
  const words = code.replace(/_error$/, '').split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return `${words.join('')}Error`
}
