import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { freePort } from '../../../demo/ports.js'
import { startFront } from '../../../demo/replicas/front.js'
import { startDemoAround } from '../../../demo/start.js'
import { send } from '../../helpers/broker.js'
import { environment } from '../../helpers/environment.js'
import { without } from '../../helpers/programs.js'
import { prometheusAt } from '../../helpers/prometheus.js'

const demoPorts = { sample: 0, broker: 0, api: 0, vault: 0, issuer: 0, frame: 0 }
const ports = { first: 0, second: 0, firstMetrics: 0, secondMetrics: 0, redis: 0, prometheus: 0 }
const skip = without('nginx') || without('redis-server') || without('prometheus')

t.test('the two replicas, in the order in which somebody tries them', { skip }, async (t) => {
  const log = new PassThrough()
  const lines = text(log)
  const demo = await startDemoAround((broker) => startFront(broker, { ports, hasPrometheus: true }), { ports: demoPorts, log })
  t.teardown(demo.close)
  const { broker: { replicas, redis, origin, prometheus, ...front }, issuer } = demo
  const nginx = origin.replace('localhost', '127.0.0.1')
  const token = await fetch(`${issuer.origin}/token`, { method: 'POST', body: new URLSearchParams({ user: 'ada' }) })
  const authorization = `Bearer ${(await token.text()).trim()}`
  const ask = () => send(`${nginx}/vault-session`, { method: 'POST', headers: { authorization } })

  t.test('serve in turn, and count as one', async (t) => {
    for (const left of [29, 28, 27, 26]) t.match(await ask(), { status: 200, headers: { ratelimit: `"session";r=${left};t=60` } })
    for (const { metrics } of replicas) t.match(await send(`http://${metrics}/metrics`), { text: /sessions_minted_total\{route="\/vault-session"\} 2\n/ })
  })

  t.test('keep their probes and metrics from the outside', async (t) => {
    for (const path of ['/livez', '/readyz', '/metrics', '/']) t.equal((await send(nginx + path)).status, 404, path)
    t.equal((await send(`${nginx}/openapi.json`)).status, 200)
  })

  t.test('are found under their own name alone', async (t) => {
    t.equal((await send(`${nginx}/openapi.json`, { headers: { host: 'evil.example' } })).status, 421)
  })

  t.test('are scraped by Prometheus', async (t) => {
    const { query, scraped } = prometheusAt(String(prometheus))
    await scraped(1)
    t.strictSame((await query('up')).map(({ labels }) => labels['instance']).sort(), replicas.map(({ metrics }) => metrics).sort())
  })

  t.test('go on where one is killed', async (t) => {
    const [victim] = replicas
    process.kill(Number(victim.pid), 'SIGKILL')
    t.equal(await victim.exited, 'SIGKILL')
    for (let i = 0; i < 10; i++) t.equal((await ask()).status, 200)
  })

  t.test('go on without Redis', async (t) => {
    await redis.close()
    for (let i = 0; i < 4; i++) t.equal((await ask()).status, 200)
  })

  t.test('leave nothing behind', async (t) => {
    await demo.close()
    await front.exited
    for (const url of [origin, ...replicas.map(({ origin }) => origin), String(prometheus), `http://localhost:${redis.port}`]) {
      const port = Number(new URL(url).port)
      t.equal(await freePort(port), port)
    }
    t.equal(await replicas[1].exited, '0')
    log.end()
    t.match(await lines, 'session_minted')
  })
})

t.test('without Prometheus there is none', { skip }, async (t) => {
  const front = await startFront({ port: await freePort(0), environment }, { ports, hasPrometheus: false })
  t.teardown(front.close)
  t.equal(front.prometheus, undefined)
  t.equal((await send(`${front.origin.replace('localhost', '127.0.0.1')}/openapi.json`)).status, 200)
})

t.test('where one part does not start, the others end', { skip }, async (t) => {
  const redis = await freePort(0)
  await t.rejects(startFront({ port: await freePort(0), environment: { LOG_LEVEL: 'loud' } }, { ports: { ...ports, redis }, hasPrometheus: false }), /before it was ready/)
  t.equal(await freePort(redis), redis)
})
