import { request } from 'undici'
import t, { type Test } from 'tap'
import { send } from '../helpers/broker.js'
import { queriesWith } from '../helpers/dashboard.js'
import { API_KEY, environment } from '../helpers/environment.js'
import { startIssuer } from '../helpers/issuer.js'
import { startServer } from '../helpers/process.js'
import { without } from '../helpers/programs.js'
import { prometheusOf } from '../helpers/prometheus.js'
import { startRedis } from '../helpers/redis.js'
import { httpUpstream, mint } from '../helpers/upstream.js'

/* Two replicas with all that they can depend on, asked for all that there is, and a real Prometheus that scrapes them. */

/** A replica, with where its metrics are. */
async function startReplica (t: Test, variables: Record<string, string>) {
  const { url, line, kill } = await startServer(t, { ...environment, ...variables, METRICS_PORT: '0' }, { program: 'dist/server.js' })
  const [metrics = ''] = /127\.0\.0\.1:\d+/.exec(await line(/Metrics listening at/)) ?? []
  return { url: `${url}/vault-session`, metrics, kill }
}

async function setUp (t: Test) {
  const apideck = { answer: mint }
  const issuer = await startIssuer(t)
  const { url } = await httpUpstream(t, (request, response) => { setTimeout(() => apideck.answer(request, response), Math.random() * 20) })
  const redis = await startRedis(t)
  const variables = {
    ...issuer.variables,
    APIDECK_BASE_URL: url,
    APIDECK_API_KEY: '',
    APIDECK_API_KEY_FILE: `${t.testdir({ key: API_KEY })}/key`,
    REDIS_URL: redis.url,
    RATE_LIMIT_MAX: '20',
    UPSTREAM_TIMEOUT_MS: '1000',
  }
  const replicas = [await startReplica(t, variables), await startReplica(t, variables)] as const
  return { apideck, issuer, redis, replicas }
}

type Run = Awaited<ReturnType<typeof setUp>>

/** Has each replica do all that is measured: sessions, refusals of every kind, an Apideck that fails, a Redis that goes. */
async function live ({ apideck, issuer, redis, replicas }: Run): Promise<void> {
  for (const [i, { url }] of replicas.entries()) {
    const ask = async (sub: string, headers: Record<string, string> = {}) =>
      send(url, { method: 'POST', headers: { authorization: `Bearer ${await issuer.sign({ sub })}`, ...headers } })
    for (let n = 0; n < 30; n++) await ask(`many-${i}`)
    await ask('page', { accept: 'text/html' })
    await ask('page', { origin: 'https://elsewhere.example' })
    await send(url, { method: 'POST', headers: { authorization: `Bearer ${await issuer.sign({ exp: 1 })}` } })
    await send(new URL('/nothing', url).href)
    apideck.answer = (_request, response) => response.writeHead(402).end()
    await ask('limit')
    apideck.answer = () => {}
    const left = new AbortController()
    const gone = request(url, { method: 'POST', headers: { authorization: `Bearer ${await issuer.sign()}` }, signal: left.signal }).catch(() => {})
    setTimeout(() => left.abort(), 50)
    await gone
    apideck.answer = mint
    await redis.stop()
    for (let n = 0; n < 3; n++) await ask(`away-${i}-${n}`)
    await redis.start()
    apideck.answer = (_request, response) => response.writeHead(500).end()
    for (let n = 0; n < 60; n++) await ask(`fails-${i}-${n}`)
    apideck.answer = mint
  }
}

t.test('a real Prometheus', { skip: without('prometheus') }, async (t) => {
  const run = await setUp(t)
  const [first, second] = run.replicas
  const prometheus = await prometheusOf(t, [first.metrics, second.metrics])
  await prometheus.scraped(2)
  await live(run)
  await prometheus.scraped(8)

  t.test('scrapes both replicas', async (t) => {
    t.strictSame((await prometheus.query('up{job="vault-session-broker"}')).map(({ value }) => value), [1, 1])
  })

  t.test('can evaluate every rule', async (t) => {
    const rules = await prometheus.rules()
    t.ok(rules.length > 20)
    for (const { name, health } of rules) t.not(health, 'err', name)
  })

  for (const { panel, expr } of queriesWith()) {
    t.test(`has values for "${panel}": ${expr}`, async (t) => {
      const samples = await prometheus.query(expr)
      t.ok(samples.some(({ value }) => Number.isFinite(value)), 'a value', { samples })
      t.comment(samples.map(({ labels, value }) => `${Object.values(labels).join(' ')}: ${value}`).join(', '))
    })
  }

  const P = 'vault_session_broker_'
  const counted: Array<[what: string, expression: string, isIt: (value: number) => boolean]> = [
    ['sessions', `sum(${P}sessions_minted_total)`, (value) => value >= 2 * 21],
    ['requests past the limit', `sum(${P}rate_limited_total{limit="session"})`, (value) => value === 2 * 10],
    ['refused credentials', `sum(${P}authentication_refusals_total{reason="expired"})`, (value) => value === 2],
    ['refused pages', `sum(${P}origin_refusals_total)`, (value) => value === 2],
    ['a plan at its limit', `sum(${P}upstream_failures_total{code="upstream_limit_reached"})`, (value) => value === 2],
    ['clients that left', `sum(${P}requests_total{status="abandoned"})`, (value) => value === 2],
    ['a circuit that opened', `sum(${P}dependency_losses_total{dependency="Apideck"})`, (value) => value >= 2],
    ['what that refused', `sum(${P}overload_refusals_total{overload="circuit_open"})`, (value) => value > 0],
    ['a Redis that went', `sum(${P}dependency_losses_total{dependency="Redis"})`, (value) => value >= 2],
    ['what was counted meanwhile', `sum(${P}counts_total{store="memory"})`, (value) => value >= 6],
    ['what was counted in Redis', `sum(${P}counts_total{store="redis"})`, (value) => value > 60],
    ['the issuer\'s keys', `sum(${P}issuer_key_fetches_total{result="success"})`, (value) => value === 2],
    ['unknown paths', `sum(${P}requests_total{route="unknown",code="not_found"})`, (value) => value === 2],
  ]
  for (const [what, expression, isIt] of counted) {
    t.test(`has counted ${what}`, async (t) => {
      const [sample] = await prometheus.query(expression)
      t.ok(sample !== undefined && isIt(sample.value), `${sample?.value}`)
    })
  }
})
