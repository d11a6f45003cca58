import { connect } from 'node:net'
import t from 'tap'
import { startBroker, type LogLine } from '../helpers/broker.js'
import { errorBody, heldUpstream, httpUpstream } from '../helpers/upstream.js'

/** Without the audit events, which are for another reader. */
const requestsIn = (log: LogLine[]) => log.filter(({ msg }) => msg !== 'audit')
const lastRequest = (broker: { log: () => LogLine[] }) => requestsIn(broker.log()).at(-1)

t.test('a session leaves one line, with all that an operator asks for', async (t) => {
  const { url } = await httpUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: url })
  const { headers } = await broker.send()
  const lines = requestsIn(broker.log()).filter(({ request_id: id }) => id === headers['x-request-id'])
  t.match(lines, [{
    level: 'info',
    method: 'POST',
    route: '/vault-session',
    status: 200,
    duration_ms: Number,
    address: '127.0.0.1',
    consumer_id: 'acme',
    upstream_status: 200,
    upstream_duration_ms: Number,
    upstream_request_id: 'upstream-1',
    msg: 'request completed',
  }])
  t.equal(lines.length, 1)
})

for (const [status, code, level] of [
  [400, 'session_rejected', 'info'],
  [401, 'upstream_auth_failed', 'error'],
  [402, 'upstream_limit_reached', 'error'],
  [500, 'upstream_error', 'warn'],
] as const) {
  t.test(`${code} is logged at ${level}, with its code`, async (t) => {
    const { url } = await httpUpstream(t, (_request, response) => {
      response.writeHead(status, { 'request-id': 'upstream-9' }).end(errorBody(status))
    })
    const broker = await startBroker(t, { APIDECK_BASE_URL: url })
    await broker.send()
    t.match(lastRequest(broker), { level, code, consumer_id: 'acme', upstream_status: status, upstream_request_id: 'upstream-9' })
  })
}

t.test('a probe is logged at debug, and an unknown path without its URL', async (t) => {
  const broker = await startBroker(t)
  await broker.send({ method: 'GET', path: '/livez' })
  t.match(lastRequest(broker), { level: 'debug', route: '/livez', status: 200 })
  await broker.send({ method: 'GET', path: '/canary?canary=1' })
  t.match(lastRequest(broker), { level: 'info', status: 404, code: 'not_found' })
  await broker.send({ method: 'GET', path: '/canary%ff' })
  t.match(lastRequest(broker), { level: 'info', status: 404, code: 'not_found' })
  t.notMatch(broker.output(), /canary/)
})

t.test('a request that its client abandons leaves its line too', async (t) => {
  const upstream = await heldUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url })
  const client = connect(Number(new URL(broker.url).port), '127.0.0.1')
  client.write('POST /vault-session HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n')
  const response = await upstream.next()
  const line = broker.nextLine()
  client.destroy()
  await line
  t.match(lastRequest(broker), { route: '/vault-session', consumer_id: 'acme', msg: 'request abandoned by the client' })
  t.equal(lastRequest(broker)?.['status'], undefined)
  response.end()
})
