import t from 'tap'
import type { ErrorCode } from '../../src/errors.js'
import { errorIn, sessionIn } from '../../src/upstream/answer.js'
import { EXPIRES_AT, SESSION_URI, TOKEN } from '../helpers/upstream.js'

const facts = { upstream_duration_ms: 1, upstream_calls: 1 }
const hosts = ['vault.apideck.com']
const read = (status: number, body: unknown, retryAfter?: number) => sessionIn({ status, body, retryAfter }, hosts, facts)
const minted = { data: { session_uri: SESSION_URI, session_token: TOKEN } }

t.test('a 200 with a session is a session', async (t) => {
  t.strictSame(read(200, minted), { session_uri: SESSION_URI, session_token: TOKEN, expires_at: EXPIRES_AT })
})

const rows: Array<[status: number, body: unknown, code: ErrorCode]> = [
  [200, { data: {} }, 'upstream_invalid_response'],
  [201, minted, 'upstream_invalid_response'],
  [204, undefined, 'upstream_invalid_response'],
  [302, undefined, 'upstream_invalid_response'],
  [400, {}, 'session_rejected'],
  [400, { type_name: 'RequestValidationError' }, 'session_rejected'],
  [400, { type_name: 'RequestHeadersValidationError' }, 'upstream_rejected'],
  [400, undefined, 'upstream_rejected'],
  [422, { type_name: 'InvalidStateError' }, 'session_rejected'],
  [422, [], 'upstream_rejected'],
  [401, {}, 'upstream_auth_failed'],
  [402, {}, 'upstream_limit_reached'],
  [403, {}, 'upstream_auth_failed'],
  [404, {}, 'upstream_rejected'],
  [408, {}, 'upstream_timeout'],
  [418, {}, 'upstream_rejected'],
  [425, {}, 'upstream_rate_limited'],
  [429, {}, 'upstream_rate_limited'],
  [499, {}, 'upstream_rejected'],
  [500, {}, 'upstream_error'],
  [503, {}, 'upstream_unavailable'],
  [504, {}, 'upstream_timeout'],
  [599, {}, 'upstream_error'],
]
for (const [status, body, code] of rows) {
  t.test(`${status} with ${JSON.stringify(body) ?? 'no JSON'} is ${code}`.slice(0, 90), async (t) => {
    t.throws(() => read(status, body), { code, facts })
  })
}

t.test('a wait is handed on where waiting helps', async (t) => {
  t.throws(() => read(429, {}, 42), { code: 'upstream_rate_limited', headers: { 'retry-after': '42' } })
  t.throws(() => read(503, {}, 42), { code: 'upstream_unavailable', headers: { 'retry-after': '42' } })
  t.throws(() => read(503, {}), { code: 'upstream_unavailable', headers: { 'retry-after': '5' } })
  t.throws(() => read(500, {}, 42), { code: 'upstream_error', headers: { 'retry-after': undefined } })
})

t.test('a rejected session points to what was named, in our words', async (t) => {
  t.throws(() => read(422, { detail: 'settings.session_length: upstream-words' }), {
    errors: [{ pointer: '/settings/session_length', message: 'was not accepted by Apideck' }],
  })
  t.match(t.throws(() => read(422, { detail: 'upstream-words' })), { code: 'session_rejected', errors: undefined })
})

t.test('an error object is an object', async (t) => {
  t.strictSame(errorIn({ type_name: 'x' }), { type_name: 'x' })
  for (const body of [undefined, null, 'x', []]) t.equal(errorIn(body), undefined)
})
