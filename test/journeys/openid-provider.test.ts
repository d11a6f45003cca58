import t, { type Test } from 'tap'
import { createIssuerKeys } from '../../src/identity/issuer-keys.js'
import { createJwtIdentity } from '../../src/identity/jwt.js'
import { startBroker } from '../helpers/broker.js'
import { AUDIENCE } from '../helpers/issuer.js'
import { startOpenIdProvider } from '../helpers/openid-provider.js'
import { httpUpstream, type Received } from '../helpers/upstream.js'

/* The broker beside a real OpenID provider: its discovery, its keys, its tokens, its rotations and its absence. */

const callers = {
  ada: { org: { id: 'acme' } },
  cleo: { org: { id: ['acme', 'globex'] } },
  dan: {},
}

const consumerOf = (received: Received | undefined) => received?.headers.find(([name]) => name.toLowerCase() === 'x-apideck-consumer-id')?.[1]

/** A broker that trusts a provider, on a clock that stands still. */
async function setUp (t: Test, { cooldownMs = 0 } = {}) {
  const upstream = await httpUpstream(t)
  const provider = await startOpenIdProvider(t, callers)
  const clock = { now: 1_000_000 }
  const heard: string[] = []
  const start = () => startBroker(t, { ...provider.variables, APIDECK_BASE_URL: upstream.url, RATE_LIMIT_MAX: '1000' }, {
    identity: createJwtIdentity({
      issuer: provider.url,
      audience: AUDIENCE,
      algorithms: ['ES256'],
      consumerClaim: 'org.id',
      keys: createIssuerKeys({
        issuer: provider.url, cooldownMs, now: () => clock.now, watcher: { lost: () => heard.push('lost'), regained: () => heard.push('regained') },
      }),
    }),
  })
  const keyFetches = () => provider.requests.filter((path) => path === '/jwks').length
  return { upstream, provider, clock, heard, start, keyFetches }
}

const bearer = (token: string, consumer?: string) => ({ authorization: `Bearer ${token}`, ...(consumer === undefined ? {} : { 'x-apideck-consumer-id': consumer }) })

t.test('a token of the provider opens its caller\'s vault', async (t) => {
  const { upstream, provider, start } = await setUp(t)
  const broker = await start()
  t.match(await broker.postJson({}, bearer(await provider.token('ada'))), { status: 200 })
  t.equal(consumerOf(upstream.received.at(-1)), 'acme')
  t.match(broker.log().at(-1), { event: 'session_minted', issuer: provider.url, subject: 'ada', consumer_id: 'acme' })
})

t.test('by configuration alone, too', async (t) => {
  const upstream = await httpUpstream(t)
  const provider = await startOpenIdProvider(t, callers)
  const broker = await startBroker(t, { ...provider.variables, APIDECK_BASE_URL: upstream.url, JWT_CONSUMER_CLAIM: 'org.id' })
  t.match(await broker.postJson({}, bearer(await provider.token('ada'))), { status: 200 })
})

t.test('of several consumers the header chooses one, and none that is not among them', async (t) => {
  const { upstream, provider, start } = await setUp(t)
  const broker = await start()
  const token = await provider.token('cleo')
  t.match(await broker.postJson({}, bearer(token)), { status: 400, json: { code: 'invalid_request', detail: /choose one of them in x-apideck-consumer-id/ } })
  t.match(await broker.postJson({}, bearer(token, 'initech')), { status: 403, json: { code: 'consumer_not_allowed' } })
  for (const id of ['acme', 'globex']) {
    t.match(await broker.postJson({}, bearer(token, id)), { status: 200 })
    t.equal(consumerOf(upstream.received.at(-1)), id)
  }
  t.equal(upstream.received.length, 2)
})

t.test('a token without the claim opens nothing', async (t) => {
  const { upstream, provider, start } = await setUp(t)
  t.match(await (await start()).postJson({}, bearer(await provider.token('dan'))), { status: 401, headers: { 'www-authenticate': /error="invalid_token"/ } })
  t.equal(upstream.received.length, 0)
})

t.test('keys rotate without a restart, and what the old one signed is worth nothing', async (t) => {
  const { provider, start } = await setUp(t)
  const broker = await start()
  const before = await provider.token('ada')
  t.match(await broker.postJson({}, bearer(before)), { status: 200 })
  for (let i = 0; i < 3; i++) {
    await provider.rotate()
    t.match(await broker.postJson({}, bearer(await provider.token('ada'))), { status: 200 })
    t.match(await broker.postJson({}, bearer(before)), { status: 401 })
  }
})

t.test('two hundred tokens with keys that nobody knows are no storm', async (t) => {
  const { provider, start, keyFetches } = await setUp(t, { cooldownMs: 10_000 })
  const broker = await start()
  const good = await provider.token('ada')
  t.match(await broker.postJson({}, bearer(good)), { status: 200 })
  const stranger = await startOpenIdProvider(t, callers)
  const forged = await stranger.token('ada')
  const answers = await Promise.all(Array.from({ length: 200 }, () => broker.postJson({}, bearer(forged))))
  t.ok(answers.every(({ status }) => status === 401))
  t.equal(keyFetches(), 1)
  t.match(await broker.postJson({}, bearer(good)), { status: 200 })
})

t.test('the broker starts without its provider, says that it cannot tell, and heals by itself', async (t) => {
  const { provider, clock, heard, start } = await setUp(t)
  const token = await provider.token('ada')
  provider.vanish()
  const broker = await start()
  t.match(await broker.send({ method: 'GET', path: '/readyz' }), { status: 200 })
  for (let i = 0; i < 3; i++) {
    t.match(await broker.postJson({}, bearer(token)), { status: 503, headers: { 'retry-after': '5', 'www-authenticate': undefined }, json: { code: 'identity_unavailable' } })
  }
  t.match(broker.log().at(-2), { level: 'warn', code: 'identity_unavailable' })

  await provider.rotate()
  clock.now += 2_000
  t.match(await broker.postJson({}, bearer(await provider.token('ada'))), { status: 200 })
  t.strictSame(heard, ['lost', 'regained'])
})

t.test('a provider that goes away later is missed by nobody whose key is known', async (t) => {
  const { provider, clock, heard, start } = await setUp(t)
  const broker = await start()
  const token = await provider.token('ada')
  t.match(await broker.postJson({}, bearer(token)), { status: 200 })
  provider.vanish()
  clock.now += 300_000
  while (heard.length === 0) t.match(await broker.postJson({}, bearer(token)), { status: 200 })
  t.strictSame(heard, ['lost'])
  t.match(await broker.postJson({}, bearer(token)), { status: 200 })
  clock.now += 300_000
  t.match(await broker.postJson({}, bearer(token)), { status: 503 })
})
