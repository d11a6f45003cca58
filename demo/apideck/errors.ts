/** Apideck's error object, and the errors that its documentation names. */
import { STATUS_CODES } from 'node:http'

export type Detail = string | Record<string, unknown>

export interface ErrorAnswer {
  status: number
  typeName: string
  message: string
  detail: Detail
  headers?: Record<string, string>
}

/** Thrown by the stand-in's routes, answered by its error handler. */
export class ApideckError extends Error {
  constructor (readonly answer: ErrorAnswer) {
    super(answer.message)
  }
}

/** The six members that every error of Apideck has. */
export function errorBody ({ status, typeName, message, detail }: ErrorAnswer) {
  return {
    status_code: status,
    error: STATUS_CODES[status],
    type_name: typeName,
    message,
    detail,
    ref: `https://developers.apideck.com/errors#${typeName.toLowerCase()}`,
  }
}

export function unauthorized (detail: string) {
  return new ApideckError({ status: 401, typeName: 'UnauthorizedError', message: 'Unauthorized Request', detail })
}

export function invalidHeaders (detail: string) {
  return new ApideckError({ status: 400, typeName: 'RequestHeadersValidationError', message: 'Invalid Params', detail })
}

export function invalidBody (detail: Detail) {
  return new ApideckError({ status: 400, typeName: 'RequestValidationError', message: 'Invalid Params', detail })
}

export function invalidState (detail: Detail) {
  return new ApideckError({ status: 422, typeName: 'InvalidStateError', message: 'Unprocessable request', detail })
}

export function notFound (detail: string) {
  return new ApideckError({ status: 404, typeName: 'EntityNotFoundError', message: 'Not Found', detail })
}
