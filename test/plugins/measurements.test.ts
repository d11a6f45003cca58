import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { Metrics } from '../../src/metrics/metrics.js'
import { startBroker } from '../helpers/broker.js'
import { heldUpstream, httpUpstream } from '../helpers/upstream.js'

const NAME = 'vault_session_broker_'

t.test('each request is measured as it ends, by its route and never by its URL', async (t) => {
  const metrics = new Metrics()
  const { url } = await httpUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: url }, { metrics })
  await broker.postJson({})
  await broker.postForm('', { accept: 'text/html' })
  await broker.sdk.postJson({})
  await broker.postJson({ redirectUri: 'canary' })
  await broker.send({ method: 'GET', path: '/livez?canary' })
  await broker.send({ method: 'GET', path: '/canary' })
  await broker.postJson({}, { origin: 'https://canary.example' })
  const text = await metrics.text()
  for (const [series, value] of [
    ['requests_total{route="/vault-session",status="200",code="none"}', 1],
    ['requests_total{route="/vault-session",status="302",code="none"}', 1],
    ['requests_total{route="/vault/sessions",status="200",code="none"}', 1],
    ['requests_total{route="/vault-session",status="400",code="invalid_request"}', 1],
    ['requests_total{route="/vault-session",status="403",code="origin_not_allowed"}', 1],
    ['requests_total{route="/livez",status="200",code="none"}', 1],
    ['requests_total{route="unknown",status="404",code="not_found"}', 1],
    ['request_duration_seconds_count{route="/vault-session",status="302"}', 1],
    ['sessions_minted_total{route="/vault-session"}', 2],
    ['sessions_minted_total{route="/vault/sessions"}', 1],
    ['upstream_call_duration_seconds_count{code="none"}', 3],
    ['origin_refusals_total', 1],
  ] as const) t.match(text, `\n${NAME}${series} ${value}\n`)
  t.notMatch(text, /canary/)
})

t.test('a request whose client has left is measured as abandoned', async (t) => {
  const metrics = new Metrics()
  const { url, next } = await heldUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: url }, { metrics })
  const left = new AbortController()
  const asked = t.rejects(fetch(`${broker.url}/vault-session`, { method: 'POST', signal: left.signal }))
  await next()
  left.abort()
  await asked
  while (!broker.log().some(({ msg }) => msg === 'request abandoned by the client')) await broker.nextLine()
  t.match(await metrics.text(), `\n${NAME}requests_total{route="/vault-session",status="abandoned",code="none"} 1\n`)
})

t.test('what could not be read as a request is measured too', async (t) => {
  const metrics = new Metrics()
  const broker = await startBroker(t, {}, { metrics })
  const socket = connect(Number(new URL(broker.url).port), '127.0.0.1')
  socket.end('canary\r\n\r\n')
  await once(socket, 'data')
  t.match(await metrics.text(), `\n${NAME}requests_total{route="none",status="400",code="invalid_request"} 1\n`)
})
