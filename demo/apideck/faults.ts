/** What the stand-in does on demand: the consumer ID of a request says how it is to go wrong. */
import type { ErrorAnswer } from './errors.js'

/** An error for each consumer ID listed here, with the body that Apideck documents or would plausibly send. */
export const faults: ReadonlyMap<string, ErrorAnswer> = new Map<string, ErrorAnswer>([
  ['fail-400', {
    status: 400,
    typeName: 'RequestValidationError',
    message: 'Invalid Params',
    detail: { 'settings.session_length': '"settings.session_length" must be a valid duration' },
  }],
  ['fail-400-headers', {
    status: 400,
    typeName: 'RequestHeadersValidationError',
    message: 'Invalid Params',
    detail: { missing: [{ 'x-apideck-consumer-id': 'required' }] },
  }],
  ['fail-401', {
    status: 401,
    typeName: 'UnauthorizedError',
    message: 'Unauthorized Request',
    detail: {
      downstream: {
        request: { method: 'GET', url: 'https://iam.internal.example/v1/keys', headers: { authorization: 'Basic aWFtOmRvd25zdHJlYW0=' } },
        response: { status: 401, body: 'downstream: the key is revoked' },
      },
    },
  }],
  ['fail-402', {
    status: 402,
    typeName: 'RequestLimitError',
    message: 'Request Limit Reached',
    detail: 'You have reached your consumer limit of 2500. Upgrade your plan at https://platform.apideck.com/billing',
  }],
  ['fail-403', {
    status: 403,
    typeName: 'ForbiddenError',
    message: 'Forbidden',
    detail: 'This application is not allowed to use the Vault API',
  }],
  ['fail-404', {
    status: 404,
    typeName: 'EntityNotFoundError',
    message: 'Unknown Application',
    detail: 'Could not find the application in environment eu-west-1',
  }],
  ['fail-408', {
    status: 408,
    typeName: 'RequestTimeoutError',
    message: 'Request Timeout',
    detail: 'The request was not received in time',
  }],
  ['fail-409', {
    status: 409,
    typeName: 'ConflictError',
    message: 'Conflict',
    detail: 'The consumer is being changed by another request',
  }],
  ['fail-422', {
    status: 422,
    typeName: 'InvalidStateError',
    message: 'Unprocessable request',
    detail: { redirect_uri: 'redirect_uri is not a valid redirect for this application' },
  }],
  ['fail-429', {
    status: 429,
    typeName: 'TooManyRequestsError',
    message: 'Too Many Requests',
    detail: 'Rate limit of 10 requests a second exceeded',
    headers: { 'Retry-After': '7' },
  }],
  ['fail-500', {
    status: 500,
    typeName: 'InternalServerError',
    message: 'Internal Server Error',
    detail: 'TypeError: Cannot read properties of undefined (reading \'consumer\') at /srv/vault/sessions.js:118:23',
  }],
  ['fail-502', {
    status: 502,
    typeName: 'BadGatewayError',
    message: 'Bad Gateway',
    detail: 'upstream connect error: vault-service.internal.example:8080',
  }],
  ['fail-503', {
    status: 503,
    typeName: 'ServiceUnavailableError',
    message: 'Service Unavailable',
    detail: 'Planned maintenance',
    headers: { 'Retry-After': '30' },
  }],
  ['fail-504', {
    status: 504,
    typeName: 'GatewayTimeoutError',
    message: 'Gateway Timeout',
    detail: 'vault-service.internal.example:8080 did not answer',
  }],
])

const MAX_DELAY_MS = 60_000

/** How long to wait before the answer: `slow-1500` is a second and a half, `silent` is for ever. */
export function delayOf (consumerId: string) {
  if (consumerId === 'silent') return Infinity
  const [, ms] = /^slow-(\d{1,9})$/.exec(consumerId) ?? []
  return Math.min(Number(ms ?? 0), MAX_DELAY_MS)
}
