import type { ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import type { Answer } from '../helpers/broker.js'
import { without } from '../helpers/programs.js'
import { startRedis } from '../helpers/redis.js'
import { startSite } from '../helpers/replicas.js'
import { heldUpstream, httpUpstream, mintedBody } from '../helpers/upstream.js'

/* Two replicas behind nginx that share nothing but a Redis, as one is killed and the other is restarted. */

const skip = without('nginx') || without('redis-server')
const LIMIT = 10

async function startSharing (t: Test, max: number) {
  const redis = await startRedis(t)
  const { url } = await httpUpstream(t)
  const variables = { APIDECK_BASE_URL: url, REDIS_URL: redis.url, RATE_LIMIT_MAX: String(max) }
  return { redis, ...await startSite(t, { variables: [variables, variables] }) }
}

type Site = Awaited<ReturnType<typeof startSharing>>

/** So many requests of one consumer at once: how many of them got a session. Every other is past the limit. */
async function granted (t: Test, { ask }: Pick<Site, 'ask'>, count: number, consumer = 'acme'): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, () => ask(consumer)))
  const of = (status: number) => answers.filter((answer) => answer.status === status).length
  t.equal(of(200) + of(429), count, 'each is a session, or past the limit')
  return of(200)
}

/** Resolves once both have noticed that Redis is back, asked for by others. */
async function untilShared ({ replicas, ask }: Site): Promise<void> {
  const isBack = ({ log }: Site['replicas'][number]) => log().some(({ msg, dependency }) => msg === 'a dependency can be used again' && dependency === 'Redis')
  while (!replicas.every(isBack)) await ask('globex')
}

t.test('two replicas with one Redis', { skip }, async (t) => {
  t.test('hold a consumer to its limit as one would, to the unit, and no other consumer', async (t) => {
    const site = await startSharing(t, 20)
    t.equal(await granted(t, site, 60), 20)
    for (const { log } of site.replicas) t.ok(log().some(({ event }) => event !== undefined), 'both were asked')
    t.equal(await granted(t, site, 1, 'globex'), 1)
  })

  t.test('go on counting where one of them was killed', async (t) => {
    const site = await startSharing(t, 20)
    t.equal(await granted(t, site, 12), 12)
    await site.replicas[0].kill()
    t.equal(await granted(t, site, 20), 8)
  })

  t.test('count by themselves while Redis restarts, and together again behind it', async (t) => {
    const site = await startSharing(t, LIMIT)
    t.equal(await granted(t, site, 2 * LIMIT), LIMIT, 'together')
    await site.redis.stop()
    t.equal(await granted(t, site, 4 * LIMIT), 2 * LIMIT, 'each by itself: its limit, and no more')
    await site.redis.start()
    await untilShared(site)
    t.equal(await granted(t, site, 2 * LIMIT), LIMIT, 'together, from the start')
  })

  t.test('lose no request as Redis restarts under load', async (t) => {
    const site = await startSharing(t, 1_000_000)
    const load = site.load(20)
    await load.answers(100)
    await site.redis.stop()
    await load.answers(200)
    await site.redis.start()
    for (const { line } of site.replicas) await line(/"dependency":"Redis".*"msg":"a dependency can be used again"/)
    await load.answers(100)
    const { sent, statuses, lost, refused } = await load.stop()
    t.match({ statuses, lost, refused }, { statuses: { 200: sent }, lost: 0, refused: 0 })
  })
})

const IN_FLIGHT = 10

/** Has requests under way at both replicas, kills the first, and lets Apideck answer all that it is asked. */
async function killInFlight (t: Test, others: ReadonlyArray<readonly [string, string]>) {
  const [first, second] = [await heldUpstream(t), await heldUpstream(t)]
  const site = await startSite(t, { variables: [{ APIDECK_BASE_URL: first.url }, { APIDECK_BASE_URL: second.url }], others })
  const asked = Array.from({ length: 2 * IN_FLIGHT }, () => site.ask('acme'))
  // nginx takes turns, so each has half of them.
  for (let i = 0; i < IN_FLIGHT; i++) await first.next()
  const held = []
  for (let i = 0; i < IN_FLIGHT; i++) held.push(await second.next())
  await site.replicas[0].kill()
  const answers = Promise.all(asked)
  for (const response of held) answerWithSession(response)
  return { answers, next: second.next }
}

function answerWithSession (response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(mintedBody())
}

const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort()

t.test('of a replica that is killed', { skip }, async (t) => {
  t.test('nginx sends what was in flight to the other, as it is documented', async (t) => {
    const { answers, next } = await killInFlight(t, [])
    for (let i = 0; i < IN_FLIGHT; i++) answerWithSession(await next())
    t.strictSame(statuses(await answers), Array(2 * IN_FLIGHT).fill(200))
  })

  t.test('what was in flight is lost, and nothing else, where nginx may not', async (t) => {
    const { answers } = await killInFlight(t, [['proxy_next_upstream error timeout non_idempotent;', 'proxy_next_upstream error timeout;']])
    t.strictSame(statuses(await answers), [...Array<number>(IN_FLIGHT).fill(200), ...Array<number>(IN_FLIGHT).fill(502)])
  })
})
