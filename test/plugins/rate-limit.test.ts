import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { startIssuer } from '../helpers/issuer.js'
import { httpUpstream } from '../helpers/upstream.js'

const { url } = await httpUpstream(t)
const variables = { APIDECK_BASE_URL: url, RATE_LIMIT_MAX: '2', RATE_LIMIT_WINDOW_MS: '60000', TRUSTED_PROXIES: '127.0.0.1' }
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })

t.test('answers say what is left, and past the limit when to come back', async (t) => {
  const broker = await startBroker(t, variables)
  t.match(await broker.send(), { status: 200, headers: { 'ratelimit-policy': '"session";q=2;w=60', ratelimit: /^"session";r=1;t=(?:60|59)$/ } })
  t.match(await broker.send(), { status: 200, headers: { ratelimit: /^"session";r=0;t=\d+$/ } })
  t.match(await broker.send(), {
    status: 429,
    headers: { 'retry-after': /^(?:[1-9]|[1-5]\d|60)$/, ratelimit: /^"session";r=0;t=\d+$/ },
    json: { code: 'rate_limited' },
  })
  t.match(broker.log().at(-2), { code: 'rate_limited', limit: 'session' })
})

t.test('where everybody is one consumer each address has its own count, an IPv6 client that of its /64', async (t) => {
  const broker = await startBroker(t, variables)
  for (const address of ['203.0.113.1', '203.0.113.1', '203.0.113.2', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']) {
    t.equal((await broker.send(from(address))).status, 200, address)
  }
  for (const address of ['203.0.113.1', '::ffff:203.0.113.1', '2001:db8::3']) t.equal((await broker.send(from(address))).status, 429, address)
})

t.test('a port that a proxy adds is no way around it', async (t) => {
  const broker = await startBroker(t, variables)
  const statuses = []
  for (const port of [1, 2, 3]) statuses.push((await broker.send(from(`203.0.113.1:${port}`))).status)
  t.strictSame(statuses, [200, 200, 429])
})

t.test('a redirect says nothing of it', async (t) => {
  const broker = await startBroker(t, variables)
  const { status, headers } = await broker.postForm('')
  t.equal(status, 302)
  t.equal(headers['ratelimit'], undefined)
})

t.test('probes and refused origins do not count', async (t) => {
  const broker = await startBroker(t, variables)
  for (let i = 0; i < 3; i++) {
    await broker.send({ method: 'GET', path: '/livez' })
    await broker.send({ headers: { origin: 'https://evil.example' } })
  }
  t.match(await broker.send(), { headers: { ratelimit: /r=1/ } })
})

t.test('where callers are known each consumer has its own count, from whatever address and by whichever user', async (t) => {
  const issuer = await startIssuer(t)
  const broker = await startBroker(t, { ...variables, ...issuer.variables, JWT_CONSUMER_CLAIM: 'org' })
  const ask = async (org: string, sub: string, address: string) =>
    (await broker.send({ headers: { authorization: `Bearer ${await issuer.sign({ org, sub })}`, 'x-forwarded-for': address } })).status
  t.equal(await ask('acme', 'ada', '203.0.113.1'), 200)
  t.equal(await ask('acme', 'ben', '203.0.113.2'), 200)
  t.equal(await ask('acme', 'cleo', '203.0.113.3'), 429)
  t.equal(await ask('globex', 'ada', '203.0.113.1'), 200)
})

t.test('credentials that fail count by address, and keep nobody out who has a good one', async (t) => {
  const issuer = await startIssuer(t)
  const broker = await startBroker(t, { ...variables, ...issuer.variables })
  const fail = (address: string, authorization = 'Bearer canary') => broker.send({ headers: { authorization, 'x-forwarded-for': address } })
  t.match(await fail('203.0.113.1'), { status: 401, headers: { 'ratelimit-policy': '"authentication";q=2;w=60', ratelimit: /^"authentication";r=1/ } })
  t.match(await fail('203.0.113.1', `Bearer ${await issuer.sign({ sub: 'a b' })}`), { status: 401 })
  t.match(await fail('203.0.113.1'), { status: 429, headers: { 'retry-after': /^\d+$/, 'www-authenticate': undefined }, json: { code: 'rate_limited' } })
  t.match(broker.log().at(-2), { code: 'rate_limited', limit: 'authentication', identity_failure: 'ERR_JWS_INVALID' })
  t.match(await fail('203.0.113.2'), { status: 401 })
  t.match(await fail('203.0.113.1', `Bearer ${await issuer.sign()}`), { status: 200 })
})

t.test('who brings no credential has not failed, and goes on to hear what is wanted', async (t) => {
  const issuer = await startIssuer(t)
  const broker = await startBroker(t, { ...variables, ...issuer.variables })
  for (let i = 0; i < 4; i++) t.match(await broker.send(), { status: 401, headers: { 'www-authenticate': /^Bearer/, ratelimit: undefined } })
})

t.test('a form past its limit gets its page, and Retry-After', async (t) => {
  const broker = await startBroker(t, { ...variables, RATE_LIMIT_MAX: '1' })
  await broker.postForm('')
  t.match(await broker.postForm(''), { status: 429, headers: { 'content-type': /^text\/html/, 'retry-after': /^\d+$/, ratelimit: undefined } })
})

t.test('asking for another\'s consumer counts as failing', async (t) => {
  const broker = await startBroker(t, variables)
  const statuses = []
  for (let i = 0; i < 3; i++) statuses.push((await broker.send({ headers: { 'x-apideck-consumer-id': 'globex' } })).status)
  t.strictSame(statuses, [403, 403, 429])
})

t.test('an issuer that is away is nobody\'s failure', async (t) => {
  const broker = await startBroker(t, { ...variables, IDENTITY: 'jwt', APIDECK_CONSUMER_ID: '', JWT_ISSUER: 'http://127.0.0.1:1', JWT_AUDIENCE: 'x' })
  const issuer = await startIssuer(t)
  for (let i = 0; i < 4; i++) t.equal((await broker.send({ headers: { authorization: `Bearer ${await issuer.sign()}` } })).status, 503)
})
