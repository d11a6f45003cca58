import t from 'tap'
import { BrokerError, catalogue, type ErrorCode } from '../src/errors.js'

const codes = Object.keys(catalogue) as ErrorCode[]

for (const code of codes) {
  t.test(`${code} carries its row of the catalogue`, async (t) => {
    const { status, level, title, detail, retryAfter } = catalogue[code]
    const error = new BrokerError(code)
    t.match(error, { name: 'BrokerError', code, status, level, title, message: detail })
    t.equal(error.headers['retry-after'], retryAfter === undefined ? undefined : String(retryAfter))
  })
}

t.test('a 4xx is never logged as an error: the caller can mend it', async (t) => {
  for (const code of codes.filter((code) => catalogue[code].status < 500)) t.equal(catalogue[code].level, 'info', code)
})

t.test('401 is the caller\'s own credential alone', async (t) => {
  t.strictSame(codes.filter((code) => catalogue[code].status === 401), ['unauthenticated'])
})

t.test('what is thrown with it takes the place of the row\'s own', async (t) => {
  const errors = [{ pointer: '/theme', message: 'must be an object' }]
  const error = new BrokerError('overloaded', { detail: 'words', errors, retryAfter: 7, headers: { allow: 'POST' }, facts: { upstream_status: 1 }, cause: 'x' })
  t.match(error, { message: 'words', errors, headers: { 'retry-after': '7', allow: 'POST' }, facts: { upstream_status: 1 }, cause: 'x' })
})
