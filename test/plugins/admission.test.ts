import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { startIssuer } from '../helpers/issuer.js'
import { httpUpstream } from '../helpers/upstream.js'

const upstream = await httpUpstream(t)
const issuer = await startIssuer(t)
const app = 'https://app.acme.com'
const secret = 'gateway-secret-1'

const broker = await startBroker(t, {
  ...issuer.variables, APIDECK_BASE_URL: upstream.url, JWT_COOKIE: 'session', JWT_HEADER: 'x-token', ALLOWED_ORIGINS: app, RATE_LIMIT_MAX: '1000',
})
const gateway = await startBroker(t, {
  IDENTITY: 'gateway', APIDECK_CONSUMER_ID: '', GATEWAY_SECRET: secret, TRUSTED_PROXIES: '127.0.0.1', APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: app, RATE_LIMIT_MAX: '1000',
})

const token = await issuer.sign()
const sentByBrowsers = [
  ['a cookie', broker, { cookie: `session=${token}` }],
  ['a proxy\'s header', broker, { 'x-token': token }],
  ['a gateway\'s session', gateway, { 'x-consumer-id': 'acme', 'x-gateway-secret': secret }],
] as const

const proofs: Array<[what: string, headers: Record<string, string>]> = [
  ['an allowed Origin', { origin: app }],
  ['an allowed Origin of another site', { origin: app, 'sec-fetch-site': 'cross-site' }],
  ['Sec-Fetch-Site: same-origin', { 'sec-fetch-site': 'same-origin' }],
]
const none: Array<[what: string, headers: Record<string, string>]> = [
  ['nothing', {}],
  ['Sec-Fetch-Site: none', { 'sec-fetch-site': 'none' }],
  ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }],
  ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
  ['a Sec-Fetch-Site that is none', { 'sec-fetch-site': 'same-origin, cross-site' }],
  ['another Origin', { origin: 'https://evil.example' }],
  ['the opaque Origin', { origin: 'null' }],
  ['an empty Origin', { origin: '' }],
  ['a Referer of the page', { referer: `${app}/integrations` }],
]

for (const [credential, broker, headers] of sentByBrowsers) {
  for (const [proof, more] of proofs) {
    t.test(`${credential} counts with ${proof}, by script and by form`, async (t) => {
      t.match(await broker.postJson({}, { ...headers, ...more }), { status: 200 })
      t.match(await broker.postForm('', { ...headers, ...more }), { status: 302 })
    })
  }
  t.test(`${credential} counts on the broker's own origin`, async (t) => {
    t.match(await broker.postJson({}, { ...headers, origin: broker.url }), { status: 200 })
  })
  for (const [proof, more] of none) {
    t.test(`${credential} is worth nothing with ${proof}, by script and by form`, async (t) => {
      const calls = upstream.received.length
      t.match(await broker.postJson({}, { ...headers, ...more }), { status: 403, json: { code: 'origin_not_allowed' } })
      t.match(await broker.postForm('', { ...headers, ...more }), { status: 403, text: /origin_not_allowed/ })
      t.equal(upstream.received.length, calls)
    })
  }
}

t.test('what a program sends on purpose needs no proof of origin', async (t) => {
  t.match(await broker.postJson({}, { authorization: `Bearer ${token}` }), { status: 200 })
})

t.test('a cookie without proof of origin is not even looked at', async (t) => {
  const bad = await broker.postJson({}, { cookie: 'session=canary' })
  const good = await broker.postJson({}, { cookie: `session=${token}` })
  t.strictSame([bad.status, bad.json['detail']], [good.status, good.json['detail']])
  t.match(good.json, { detail: /proof|counts only with an allowed Origin/ })
})

t.test('nobody\'s request is 401 without proof of origin too', async (t) => {
  t.match(await broker.postJson({}), { status: 401, headers: { 'www-authenticate': /^Bearer realm=/ } })
  t.match(await gateway.postJson({}), { status: 401, headers: { 'www-authenticate': /^Gateway realm=/ } })
})

t.test('a bug in telling who calls is nobody\'s failure', async (t) => {
  const identity = { isSentByBrowser: () => false, identify: async () => { throw new TypeError('a bug') }, close: async () => {} }
  const broken = await startBroker(t, { RATE_LIMIT_MAX: '1' }, { identity })
  for (let i = 0; i < 3; i++) t.equal((await broken.send()).status, 500)
})

t.test('who is not known makes us parse nothing', async (t) => {
  t.match(await broker.postJson('{ not JSON', { authorization: 'Bearer canary' }), { status: 401 })
  t.match(await broker.postJson('x'.repeat(20_000), { authorization: 'Bearer canary' }), { status: 401 })
})
