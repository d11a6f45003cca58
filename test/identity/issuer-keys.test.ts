import t, { type Test } from 'tap'
import { createIssuerKeys, type IssuerKeysOptions } from '../../src/identity/issuer-keys.js'
import { startIssuer } from '../helpers/issuer.js'

/** The keys of an issuer, what their watcher heard, and a clock that stands still. */
async function keysOf (t: Test, options: Partial<IssuerKeysOptions> = {}) {
  const issuer = await startIssuer(t)
  const heard: unknown[] = []
  const clock = { now: 1_000_000 }
  const start = () => {
    const keys = createIssuerKeys({
      issuer: issuer.url,
      watcher: { lost: (facts) => heard.push(['lost', facts]), regained: (facts) => heard.push(['regained', facts]) },
      now: () => clock.now,
      ...options,
    })
    t.teardown(() => keys.close())
    return (kid = 'key-1') => keys.find({ alg: 'ES256', kid }, { payload: '', signature: '' })
  }
  const asked = () => issuer.requests.filter((path) => path === '/jwks').length
  return { issuer, heard, clock, start, asked }
}

const unavailable = { code: 'identity_unavailable' }
const unknown = { code: 'ERR_JWKS_NO_MATCHING_KEY' }

t.test('keys are fetched once for many tokens', async (t) => {
  const { start, asked } = await keysOf(t)
  const find = start()
  await Promise.all(Array.from({ length: 50 }, () => find()))
  await find()
  t.equal(asked(), 1)
})

t.test('a hundred keys that nobody knows are one fetch, while it cools down', async (t) => {
  const { clock, start, asked } = await keysOf(t)
  const find = start()
  await find()
  for (let i = 0; i < 100; i++) await t.rejects(find(`unknown-${i}`), unknown)
  clock.now += 9_999
  await t.rejects(find('unknown'), unknown)
  t.equal(asked(), 1)
  clock.now += 1
  await Promise.all(Array.from({ length: 100 }, (_, i) => t.rejects(find(`unknown-${i}`), unknown)))
  t.equal(asked(), 2)
})

t.test('a new key is found once it has cooled down, and an old one is no longer', async (t) => {
  const { issuer, start } = await keysOf(t, { cooldownMs: 0 })
  const find = start()
  await find()
  await issuer.rotate('key-2')
  await t.resolves(find('key-2'))
  await t.rejects(find('key-1'), unknown)
})

t.test('keys that are no longer young are fetched anew behind the back of who asks', async (t) => {
  const { issuer, clock, start, asked } = await keysOf(t, { cooldownMs: Infinity })
  const find = start()
  await find()
  await issuer.rotate('key-2')
  clock.now += 299_999
  await t.resolves(find('key-1'))
  t.equal(asked(), 1)
  clock.now += 1
  await t.resolves(find('key-1'), 'the old one still counts')
  while (!await find('key-2').then(() => true, () => false)) await new Promise(setImmediate)
  t.equal(asked(), 2)
})

t.test('an issuer that is away is missed by nobody while its keys count', async (t) => {
  const { issuer, heard, clock, start } = await keysOf(t)
  const find = start()
  await find()
  issuer.answer((request) => request.socket.destroy())
  clock.now += 599_999
  await t.resolves(find())
  while (heard.length === 0) await new Promise(setImmediate)
  t.match(heard, [['lost', { failure: 'UND_ERR_SOCKET' }]])
  await t.resolves(find())
})

t.test('keys that are too old count no longer, and their issuer is asked again in a while', async (t) => {
  const { issuer, heard, clock, start } = await keysOf(t)
  const find = start()
  await find()
  issuer.answer((_request, response) => response.writeHead(503).end())
  clock.now += 600_000
  const before = issuer.requests.length
  for (let i = 0; i < 20; i++) await t.rejects(find(), { ...unavailable, facts: { identity_failure: 'status_503' } })
  t.equal(issuer.requests.length, before + 1, 'asked once more, for its metadata')

  issuer.answer(undefined)
  clock.now += 2_000
  await t.resolves(find())
  t.strictSame(heard, [['lost', { failure: 'status_503' }], ['regained', { lost_for_ms: 2_000 }]])
})

t.test('it starts without its issuer, and heals by itself', async (t) => {
  const { issuer, heard, clock, start } = await keysOf(t)
  issuer.answer((request) => request.socket.destroy())
  const find = start()
  await t.rejects(find(), unavailable)
  issuer.answer(undefined)
  clock.now += 2_000
  await t.resolves(find())
  t.match(heard, [['lost', {}], ['regained', {}]])
})

t.test('a key that nobody knows cannot be called unknown while the issuer is away', async (t) => {
  const { issuer, start } = await keysOf(t, { cooldownMs: 0 })
  const find = start()
  await find()
  issuer.answer((request) => request.socket.destroy())
  await t.rejects(find('key-2'), unavailable)
  await t.resolves(find('key-1'))
})

t.test('a fetch that is under way as all ends is no outage', async (t) => {
  const issuer = await startIssuer(t)
  const requested = new Promise<void>((resolve) => issuer.answer(() => resolve()))
  const keys = createIssuerKeys({ issuer: issuer.url, watcher: { lost: t.fail, regained: t.fail } })
  const finding = keys.find({ alg: 'ES256' }, { payload: '', signature: '' })
  await requested
  await keys.close()
  await t.rejects(finding, unavailable)
})

t.test('a set that the library cannot read is no set', async (t) => {
  const { issuer, start } = await keysOf(t)
  issuer.answer((request, response) => response.end(JSON.stringify(request.url === '/jwks' ? { keys: [{ kty: 'EC', kid: 7 }] } : { issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` })))
  await t.rejects(start()())
})

t.test('whoever counts fetches hears what became of each', async (t) => {
  const results: string[] = []
  const { issuer, clock, start } = await keysOf(t, { fetched: (result) => results.push(result) })
  const find = start()
  await find()
  issuer.answer((_request, response) => response.destroy())
  clock.now += 600_000
  await t.rejects(find(), unavailable)
  t.strictSame(results, ['success', 'failure'])
})
