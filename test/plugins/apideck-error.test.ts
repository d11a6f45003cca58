import { Ajv } from 'ajv'
import t from 'tap'
import { BrokerError, catalogue, type ErrorCode } from '../../src/errors.js'
import { toApideckError } from '../../src/plugins/apideck-error.js'
import { toProblem } from '../../src/plugins/problems.js'
import { ApideckErrorSchema } from '../../src/schemas/apideck.js'

const isApideckError = new Ajv().compile(ApideckErrorSchema)

t.test('an error has Apideck\'s members, and in detail what a problem has beyond them', async (t) => {
  const errors = [{ pointer: '/theme/logo', message: 'may not be set by callers' }]
  t.strictSame(toApideckError(toProblem(new BrokerError('policy_violation', { errors }), 'request-1')), {
    status_code: 422,
    error: 'Unprocessable Entity',
    type_name: 'PolicyViolationError',
    message: catalogue.policy_violation.detail,
    detail: { code: 'policy_violation', request_id: 'request-1', errors },
    ref: '/openapi.json#/components/examples/policy_violation',
  })
})

const names: Array<[ErrorCode, string]> = [
  ['invalid_request', 'RequestValidationError'],
  ['unauthenticated', 'UnauthorizedError'],
  ['not_found', 'EntityNotFoundError'],
  ['redirect_uri_not_allowed', 'RedirectUriNotAllowedError'],
  ['upstream_error', 'UpstreamError'],
  ['internal_error', 'InternalError'],
]
for (const [code, name] of names) {
  t.test(`${code} is a ${name}`, async (t) => {
    t.equal(toApideckError(toProblem(new BrokerError(code), 'request-1')).type_name, name)
  })
}

t.test('each code has a name of its own, and an error that fits the schema', async (t) => {
  const all = (Object.keys(catalogue) as ErrorCode[]).map((code) => toApideckError(toProblem(new BrokerError(code), 'request-1')))
  for (const error of all) t.ok(isApideckError(error), JSON.stringify([error, isApideckError.errors]))
  t.equal(new Set(all.map(({ type_name: name }) => name)).size, all.length)
})
