import t, { type Test } from 'tap'
import { startBroker, type Answer } from '../helpers/broker.js'
import { startIssuer } from '../helpers/issuer.js'
import { without } from '../helpers/programs.js'
import { startRedis } from '../helpers/redis.js'
import { httpUpstream } from '../helpers/upstream.js'

/* Two brokers that share their limits in a real Redis, which is stopped, frozen and started again behind their backs. */

type Broker = Awaited<ReturnType<typeof startBroker>>

async function setUp (t: Test, max = 4) {
  const redis = await startRedis(t)
  const { url } = await httpUpstream(t)
  const variables = { APIDECK_BASE_URL: url, REDIS_URL: redis.url, RATE_LIMIT_MAX: String(max), TRUSTED_PROXIES: '127.0.0.1' }
  const brokers = [await startBroker(t, variables), await startBroker(t, variables)] as const
  return { redis, variables, brokers }
}

const from = (broker: Broker, address: string): Promise<Answer> => broker.send({ headers: { 'x-forwarded-for': address } })
const changes = (broker: Broker) => broker.log().filter(({ dependency }) => dependency === 'Redis').map(({ level, msg }) => `${String(level)}: ${String(msg)}`)
const LOST = 'error: a dependency cannot be used'
const REGAINED = 'info: a dependency can be used again'

/** Asks until the broker has noticed a change. Each request is served, whatever it has noticed. */
async function until (t: Test, broker: Broker, count: number): Promise<void> {
  for (let i = 0; changes(broker).length < count; i++) {
    const { status } = await from(broker, `198.51.100.${i % 250}`)
    if (status !== 200 && status !== 429) t.fail(`${status}`)
  }
}

t.test('two brokers and a Redis', { skip: without('redis-server') }, async (t) => {
  t.test('share a limit exactly, however many ask at once', async (t) => {
    const { brokers: [one, other] } = await setUp(t, 25)
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => from(i % 2 === 0 ? one : other, '203.0.113.1')))
    t.equal(answers.filter(({ status }) => status === 200).length, 25)
    t.equal(answers.filter(({ status }) => status === 429).length, 75)
    const left = answers.filter(({ status }) => status === 200).map(({ headers }) => Number(/r=(\d+)/.exec(headers['ratelimit'] ?? '')?.[1]))
    t.strictSame(left.sort((a, b) => a - b), Array.from({ length: 25 }, (_, i) => i))
  })

  t.test('share failed authentications too', async (t) => {
    const { variables } = await setUp(t)
    const issuer = await startIssuer(t)
    const token = { ...variables, ...issuer.variables }
    const brokers = [await startBroker(t, token), await startBroker(t, token)]
    const statuses = []
    for (let i = 0; i < 6; i++) statuses.push((await brokers[i % 2]?.send({ headers: { authorization: 'Bearer x', 'x-forwarded-for': '203.0.113.1' } }))?.status)
    t.strictSame(statuses, [401, 401, 401, 401, 429, 429])
  })

  t.test('serve under limits of their own while it is away, are ready all the while, and share again once it is back', async (t) => {
    const { redis, brokers: [one, other] } = await setUp(t)
    t.equal((await from(one, '203.0.113.1')).status, 200)
    await redis.stop()

    for (const broker of [one, other]) {
      const statuses = []
      for (let i = 0; i < 6; i++) statuses.push((await from(broker, '203.0.113.1')).status)
      t.strictSame(statuses, [200, 200, 200, 200, 429, 429], 'limits are kept in memory')
      t.match(await broker.send({ method: 'GET', path: '/readyz' }), { status: 200 })
      t.strictSame(changes(broker), [LOST], 'it is told once')
    }

    await redis.start()
    for (const broker of [one, other]) await until(t, broker, 2)
    for (const broker of [one, other]) t.strictSame(changes(broker), [LOST, REGAINED])
    t.match(one.log().find(({ msg }) => msg === 'a dependency can be used again'), { lost_for_ms: /^\d+$/, counted_in_memory: /^\d+$/ })
    const statuses = []
    for (let i = 0; i < 6; i++) statuses.push((await from(i % 2 === 0 ? one : other, '203.0.113.2')).status)
    t.strictSame(statuses, [200, 200, 200, 200, 429, 429], 'limits are shared again')
  })

  t.test('serve while it is silent, and nobody but one waits for it', async (t) => {
    const { redis, brokers: [one] } = await setUp(t, 1_000)
    await from(one, '203.0.113.1')
    redis.freeze()
    t.equal((await from(one, '203.0.113.1')).status, 200)
    const answers = await Promise.all(Array.from({ length: 50 }, () => from(one, '203.0.113.1')))
    t.ok(answers.every(({ status }) => status === 200))
    t.strictSame(changes(one), [LOST])
    redis.thaw()
    await until(t, one, 2)
    t.strictSame(changes(one), [LOST, REGAINED])
  })

  t.test('tell each change once where it comes and goes', async (t) => {
    const { redis, brokers: [one] } = await setUp(t)
    for (let i = 1; i <= 2; i++) {
      await redis.stop()
      await until(t, one, 2 * i - 1)
      await redis.start()
      await until(t, one, 2 * i)
    }
    t.strictSame(changes(one), [LOST, REGAINED, LOST, REGAINED])
  })

  t.test('start without it', async (t) => {
    const { redis, variables } = await setUp(t)
    await redis.stop()
    const broker = await startBroker(t, variables)
    t.match(await broker.send({ method: 'GET', path: '/readyz' }), { status: 200 })
    t.equal((await from(broker, '203.0.113.1')).status, 200)
    await redis.start()
    await until(t, broker, 2)
    t.strictSame(changes(broker), [LOST, REGAINED])
  })

  t.test('serve where what answers is no Redis', async (t) => {
    const { variables } = await setUp(t)
    const page = await httpUpstream(t)
    const broker = await startBroker(t, { ...variables, REDIS_URL: page.url.replace('http', 'redis') })
    t.equal((await from(broker, '203.0.113.1')).status, 200)
    t.strictSame(changes(broker), [LOST])
  })

  t.test('keep its address and its password to themselves', async (t) => {
    const { redis, variables } = await setUp(t)
    await redis.stop()
    const broker = await startBroker(t, { ...variables, REDIS_URL: redis.url.replace('redis://', 'redis://user:canary-password@') })
    t.notMatch((await from(broker, '203.0.113.1')).text, new RegExp(String(redis.port)))
    t.notMatch(broker.output(), new RegExp(`canary-password|${redis.port}`))
  })
})
