import t from 'tap'
import { errors } from 'undici'
import { BrokerError } from '../../src/errors.js'
import { failureCode, failureOf, isConnectionFailure } from '../../src/upstream/failure.js'

const facts = { upstream_duration_ms: 1, upstream_calls: 1 }
const withCode = (code: string) => Object.assign(new Error('words'), { code })

const rows: Array<[error: Error, code: string, failure: string]> = [
  [new DOMException('words', 'TimeoutError'), 'upstream_timeout', 'TimeoutError'],
  [new DOMException('words', 'AbortError'), 'upstream_unreachable', 'AbortError'],
  [new errors.ConnectTimeoutError(), 'upstream_timeout', 'UND_ERR_CONNECT_TIMEOUT'],
  [new errors.HeadersTimeoutError(), 'upstream_timeout', 'UND_ERR_HEADERS_TIMEOUT'],
  [new errors.BodyTimeoutError(), 'upstream_timeout', 'UND_ERR_BODY_TIMEOUT'],
  [withCode('ETIMEDOUT'), 'upstream_timeout', 'ETIMEDOUT'],
  [withCode('ENOTFOUND'), 'upstream_unreachable', 'ENOTFOUND'],
  [withCode('EAI_AGAIN'), 'upstream_unreachable', 'EAI_AGAIN'],
  [withCode('ECONNREFUSED'), 'upstream_unreachable', 'ECONNREFUSED'],
  [withCode('ECONNRESET'), 'upstream_unreachable', 'ECONNRESET'],
  [withCode('CERT_HAS_EXPIRED'), 'upstream_unreachable', 'CERT_HAS_EXPIRED'],
  [new errors.SocketError('other side closed'), 'upstream_unreachable', 'UND_ERR_SOCKET'],
  [new errors.SocketError('bad upgrade'), 'upstream_invalid_response', 'UND_ERR_SOCKET'],
  [new errors.SocketError('bad response'), 'upstream_invalid_response', 'UND_ERR_SOCKET'],
  [new errors.HTTPParserError('words'), 'upstream_invalid_response', 'HTTPParserError'],
  [new errors.HeadersOverflowError(), 'upstream_invalid_response', 'UND_ERR_HEADERS_OVERFLOW'],
  [new errors.ResponseExceededMaxSizeError(), 'upstream_invalid_response', 'UND_ERR_RES_EXCEEDED_MAX_SIZE'],
  [new errors.ResponseContentLengthMismatchError(), 'upstream_unreachable', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'],
  [withCode('ERR_ASSERTION'), 'upstream_invalid_response', 'ERR_ASSERTION'],
  [new errors.ClientClosedError(), 'shutting_down', 'UND_ERR_CLOSED'],
  [new errors.ClientDestroyedError(), 'shutting_down', 'UND_ERR_DESTROYED'],
]
for (const [error, code, failure] of rows) {
  t.test(`${failure} (${error.message}) is ${code}`, async (t) => {
    t.match(failureOf(error, facts), { code, facts: { upstream_duration_ms: 1, upstream_failure: failure } })
  })
}

for (const error of [new TypeError('words'), new errors.InvalidArgumentError('words'), new BrokerError('overloaded'), 'words']) {
  t.test(`${String(error)} is no failure of a connection`, async (t) => t.equal(failureOf(error, facts), error))
}

t.test('the code of whoever has left, of a bug and of what is no error is none', async (t) => {
  for (const error of [new DOMException('', 'AbortError'), new errors.InvalidArgumentError('words'), new TypeError('words'), 'words']) t.equal(failureCode(error), undefined)
})

for (const [error, isFailure] of [
  [withCode('ECONNREFUSED'), true],
  [withCode('ETIMEDOUT'), true],
  [new errors.ConnectTimeoutError(), true],
  [new errors.SocketError('other side closed'), true],
  [new errors.HeadersTimeoutError(), false],
  [new errors.HTTPParserError('words'), false],
  ['words', false],
] as const) {
  t.test(`${String(error)} is ${isFailure ? 'the failure of a connection' : 'something else'}`, async (t) => t.equal(isConnectionFailure(error), isFailure))
}
