import t from 'tap'
import { policyWithStyle } from '../../src/plugins/headers.js'
import { startBroker } from '../helpers/broker.js'
import { httpUpstream } from '../helpers/upstream.js'

const { url } = await httpUpstream(t)
const broker = await startBroker(t, { APIDECK_BASE_URL: url })
const policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const standing = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': policy,
  vary: 'Accept, Content-Type, Sec-Fetch-Mode, x-apideck-app-id, Origin, Sec-Fetch-Site',
}

for (const [what, request] of [
  ['a session as JSON', {}],
  ['a session as a redirect', { headers: { accept: 'text/html' } }],
  ['a refused body', { body: '{', headers: { 'content-type': 'application/json' } }],
  ['a refused origin', { headers: { origin: 'https://evil.example' } }],
  ['an unknown path', { path: '/nope' }],
  ['a path that cannot be decoded', { path: '/%ff' }],
  ['another method', { method: 'DELETE' }],
  ['a probe', { method: 'GET', path: '/livez' }],
] as const) {
  t.test(`${what} carries the headers of every answer`, async (t) => {
    const { headers } = await broker.send(request)
    t.match(headers, standing)
    t.match(headers['x-request-id'], /^[\da-f-]{36}$/)
  })
}

t.test('a page may have one style and nothing else', async (t) => {
  t.equal(policyWithStyle('abc='), `${policy}; style-src 'sha256-abc='`)
})
