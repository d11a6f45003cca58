import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { createLogger } from '../src/logger.js'
import { createMeasuring } from '../src/metrics-app.js'
import { send, startBroker, type LogLine } from './helpers/broker.js'
import { httpUpstream } from './helpers/upstream.js'

/** The listener on a free port of loopback, its log kept. */
async function listening (t: Test) {
  const lines: string[] = []
  const logger = createLogger({ level: 'info', secrets: [], destination: { write: (line) => { lines.push(line) } } })
  const { metrics, app } = await createMeasuring(logger)
  t.teardown(() => app.close())
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, metrics, url, log: () => lines.map((line) => JSON.parse(line) as LogLine) }
}

t.test('/metrics is there for whoever asks, as text for Prometheus, and leaves no line', async (t) => {
  const { url, log } = await listening(t)
  const before = log().length
  t.match(await send(`${url}/metrics`), {
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
    text: /^# HELP vault_session_broker_/,
  })
  const head = await send(`${url}/metrics`, { method: 'HEAD', headers: { 'x-request-id': 'chosen' } })
  t.match(head, { status: 200, text: '' })
  t.not(head.headers['x-request-id'], 'chosen', 'nobody is trusted here')
  t.equal(log().length, before)
})

const refused: Array<[method: 'GET' | 'POST', path: string, status: number, code: string]> = [
  ['POST', '/metrics', 405, 'method_not_allowed'],
  ['GET', '/', 404, 'not_found'],
  ['GET', '/livez', 404, 'not_found'],
  ['POST', '/vault-session', 404, 'not_found'],
]
for (const [method, path, status, code] of refused) {
  t.test(`${method} ${path} is ${status}: it serves nothing else`, async (t) => {
    const { url, log } = await listening(t)
    t.match(await send(url + path, { method }), { status, json: { code } })
    t.match(log().at(-1), { listener: 'metrics', status, code })
  })
}

t.test('what is no request is refused as everywhere', async (t) => {
  const { url } = await listening(t)
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8')
  socket.write('GET /metrics HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n')
  const [answer] = await once(socket, 'data') as [string]
  t.match(answer, /^HTTP\/1\.1 400 [^]*"code":"invalid_request"/)
})

t.test('a request that does not end does not hold up its end', async (t) => {
  const { app, url } = await listening(t)
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8')
  socket.write('GET /metrics HTTP/1.1\r\nhost: a\r\n\r\nGET /metrics HTTP/1.1\r\n')
  await once(socket, 'data')
  const since = performance.now()
  await Promise.all([once(socket, 'close'), app.close()])
  t.ok(performance.now() - since < 3_000, 'such a request has five seconds otherwise')
})

t.test('the broker serves no measurements beside its sessions, and nothing that a caller chose is in them', async (t) => {
  const { metrics, url } = await listening(t)
  const upstream = await httpUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, APIDECK_CONSUMER_ID: 'canary-consumer' }, { metrics })
  t.equal((await broker.send({ method: 'GET', path: '/metrics' })).status, 404)
  t.equal((await broker.postJson({}, { origin: 'https://canary.example', 'x-request-id': 'canary-id' })).status, 403)
  t.equal((await broker.send({ method: 'GET', path: '/canary' })).status, 404)
  t.equal((await broker.send()).status, 200)
  const { text } = await send(`${url}/metrics`)
  t.match(text, /dependency="Apideck"/)
  t.notMatch(text, /canary/)
})
