import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { httpUpstream } from '../helpers/upstream.js'

const app = 'https://app.acme.com'
const upstream = await httpUpstream(t)
const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: `${app},http://localhost:4000` })

for (const [what, request] of [
  ['a session', {}],
  ['an error', { body: '{', headers: { 'content-type': 'application/json' } }],
  ['an unknown path', { path: '/nope' }],
] as const) {
  t.test(`a page of an allowed origin may read ${what}`, async (t) => {
    const { headers } = await broker.send({ ...request, headers: { ...('headers' in request ? request.headers : {}), origin: app } })
    t.match(headers, {
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate',
      vary: /\bOrigin\b/,
    })
  })
}

t.test('a preflight of an allowed origin is answered', async (t) => {
  const answer = await broker.send({ method: 'OPTIONS', headers: { origin: app, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } })
  t.match(answer, {
    status: 204,
    headers: {
      'access-control-allow-origin': app,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Authorization, Content-Type, X-Apideck-Consumer-Id, X-Apideck-App-Id',
      'access-control-max-age': '600',
    },
  })
})

t.test('the origin is checked for a path that cannot be decoded too', async (t) => {
  t.match(await broker.send({ path: '/%zz', headers: { origin: app } }), { status: 404, headers: { 'access-control-allow-origin': app } })
  t.match(await broker.send({ path: '/%zz', headers: { origin: 'https://evil.example' } }), { status: 403 })
})

for (const [what, headers] of [
  ['another origin', { origin: 'https://evil.example' }],
  ['the opaque origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['a cross-site navigation', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ['a preflight of another origin', { origin: 'https://evil.example', 'access-control-request-method': 'POST' }],
] as const) {
  t.test(`${what} is refused before anything else, and may read nothing`, async (t) => {
    const calls = upstream.received.length
    const answer = await broker.send({ method: 'access-control-request-method' in headers ? 'OPTIONS' : 'POST', headers, body: '' })
    t.equal(answer.status, 403)
    t.match(answer.json['request_id'] ?? answer.text, answer.headers['x-request-id'])
    t.notOk(Object.keys(answer.headers).some((name) => name.startsWith('access-control-')))
    t.equal(upstream.received.length, calls)
  })
}

t.test('a program, and a page of the broker\'s own origin, get no CORS headers', async (t) => {
  for (const headers of [{}, { origin: broker.url }]) {
    const answer = await broker.send({ headers })
    t.equal(answer.status, 200)
    t.notOk(Object.keys(answer.headers).some((name) => name.startsWith('access-control-')))
  }
})

t.test('OPTIONS is no method of its own', async (t) => {
  t.match(await broker.send({ method: 'OPTIONS' }), { status: 405, headers: { allow: 'POST' } })
  t.match(await broker.send({ method: 'OPTIONS', path: '/nope' }), { status: 404 })
  t.match(await broker.send({ method: 'OPTIONS', headers: { origin: app } }), { status: 204 })
})
