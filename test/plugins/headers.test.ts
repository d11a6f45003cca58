import t from 'tap'
import { policyWithStyle, standardHeaders } from '../../src/plugins/headers.js'
import { startBroker } from '../helpers/broker.js'
import { httpUpstream } from '../helpers/upstream.js'

const { url } = await httpUpstream(t)
const broker = await startBroker(t, { APIDECK_BASE_URL: url })
const { 'x-request-id': _, ...standing } = standardHeaders('id')

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
  t.equal(policyWithStyle('abc='), `${standing['content-security-policy']}; style-src 'sha256-abc='`)
})
