import t from 'tap'
import { startBroker } from '../helpers/broker.js'
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
})

t.test('each address has its own count, an IPv6 client that of its /64', async (t) => {
  const broker = await startBroker(t, variables)
  for (const address of ['203.0.113.1', '203.0.113.1', '203.0.113.2', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']) {
    t.equal((await broker.send(from(address))).status, 200, address)
  }
  for (const address of ['203.0.113.1', '2001:db8::3']) t.equal((await broker.send(from(address))).status, 429, address)
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
