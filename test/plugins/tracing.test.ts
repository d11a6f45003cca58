import type { IncomingMessage, ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import { startBroker } from '../helpers/broker.js'
import { startCollector } from '../helpers/collector.js'
import { httpUpstream, mint } from '../helpers/upstream.js'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const fromGateway = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=canary', baggage: 'user=canary' }

/** A broker that is traced. Its spans have all arrived once it is closed. */
async function traced (t: Test, variables: Record<string, string> = {}) {
  const collector = await startCollector(t)
  const answer: { by: (request: IncomingMessage, response: ServerResponse) => void } = { by: mint }
  const { url, received } = await httpUpstream(t, (request, response) => answer.by(request, response))
  const broker = await startBroker(t, { APIDECK_BASE_URL: url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, TRUSTED_PROXIES: '127.0.0.1', ...variables })
  return {
    broker,
    /** What came to Apideck. */
    received,
    apideckAnswers: (by: typeof answer.by) => { answer.by = by },
    collector,
    spans: async () => {
      await broker.app.close()
      return collector.spans
    },
  }
}

t.test('a session is a span of the gateway\'s trace, with one for the identity and one for the call to Apideck', async (t) => {
  const { broker, received, spans } = await traced(t)
  const { headers } = await broker.postJson({}, fromGateway)
  const [identity, call, server] = await spans()
  t.match(server, { traceId: TRACE, parentId: PARENT, name: 'POST /vault-session', kind: 2, status: 0 })
  t.strictSame(server?.attributes, {
    'http.request.method': 'POST',
    'http.route': '/vault-session',
    'vault_session_broker.request_id': headers['x-request-id'],
    'http.response.status_code': 200,
  })
  t.match(identity, { traceId: TRACE, parentId: server?.spanId, name: 'identity', kind: 1, status: 0, attributes: {} })
  t.match(call, { traceId: TRACE, parentId: server?.spanId, name: 'POST /vault/sessions', kind: 3, status: 0 })
  t.match(call?.attributes, { 'http.request.method': 'POST', 'peer.service': 'apideck', 'http.response.status_code': 200, 'vault_session_broker.upstream_calls': 1 })
  t.equal(received.length, 1)
})

t.test('Apideck hears nothing of the trace', async (t) => {
  const { broker, received } = await traced(t)
  await broker.postJson({}, fromGateway)
  const names = received.flatMap(({ headers }) => headers.map(([name]) => name.toLowerCase()))
  t.strictSame(names.filter((name) => /trace|baggage|b3|sentry/.test(name)), [])
  t.notMatch(JSON.stringify(received), new RegExp(`${TRACE}|vendor|user=`))
})

t.test('the log has the IDs of the trace and of the request\'s span, and so has the audit event', async (t) => {
  const { broker, spans } = await traced(t)
  await broker.postJson({}, fromGateway)
  const server = (await spans()).find(({ kind }) => kind === 2)
  t.match(broker.log().find(({ msg }) => msg === 'request completed'), { trace_id: TRACE, span_id: server?.spanId })
  t.match(broker.log().find(({ msg }) => msg === 'audit'), { trace_id: TRACE })
})

t.test('a trace that somebody names who is no gateway of ours is not gone on with', async (t) => {
  const { broker, spans } = await traced(t, { TRUSTED_PROXIES: '' })
  await broker.postJson({}, fromGateway)
  for (const { traceId, parentId } of await spans()) {
    t.not(traceId, TRACE)
    t.not(parentId, PARENT)
  }
})

for (const traceparent of ['', 'canary', `00-${'0'.repeat(32)}-${PARENT}-01`, `00-${TRACE}-${PARENT}-01-${'x'.repeat(5_000)}`, `ff-${TRACE}-${PARENT}-01`]) {
  t.test(`what is no trace begins one of its own: ${traceparent.slice(0, 60)}`, async (t) => {
    const { broker, spans } = await traced(t)
    t.equal((await broker.postJson({}, { traceparent })).status, 200)
    const all = await spans()
    t.equal(all.length, 3)
    for (const { traceId } of all) t.not(traceId, TRACE)
  })
}

t.test('requests that a gateway does not sample leave no span, and their IDs all the same', async (t) => {
  const { broker, spans } = await traced(t)
  await broker.postJson({}, { traceparent: `00-${TRACE}-${PARENT}-00` })
  t.strictSame(await spans(), [])
  t.match(broker.log().find(({ msg }) => msg === 'request completed'), { trace_id: TRACE })
})

t.test('probes leave none', async (t) => {
  const { broker, spans } = await traced(t)
  await broker.send({ method: 'GET', path: '/livez' })
  t.strictSame(await spans(), [])
})

t.test('a refusal tells its code, and is no error of ours', async (t) => {
  const { broker, spans } = await traced(t, { APIDECK_CONSUMER_ID: '', IDENTITY: 'gateway', GATEWAY_SECRET: 'canary-secret-of-a-gateway' })
  await broker.postJson({}, { origin: broker.url, 'x-gateway-secret': 'canary-guess' })
  const [identity, server] = await spans()
  t.match(identity, { name: 'identity', status: 0, attributes: { 'error.type': 'unauthenticated', 'vault_session_broker.identity_failure': 'gateway_secret' } })
  t.match(server, { status: 0, attributes: { 'error.type': 'unauthenticated', 'http.response.status_code': 401 } })
})

t.test('a call to Apideck that fails is an error, and tells why by the log\'s names', async (t) => {
  const { broker, apideckAnswers, spans } = await traced(t)
  apideckAnswers((_request, response) => response.writeHead(402).end('{"type_name":"PaymentRequired","detail":"canary"}'))
  await broker.postJson({})
  const [, call, server] = await spans()
  t.match(call, { status: 2, attributes: { 'error.type': 'upstream_limit_reached', 'http.response.status_code': 402 } })
  t.match(server, { status: 2, attributes: { 'error.type': 'upstream_limit_reached', 'http.response.status_code': 503 } })
})

t.test('a bug is an internal error, without its words', async (t) => {
  const collector = await startCollector(t)
  const broker = await startBroker(t, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, {
    identity: { isSentByBrowser: () => false, identify: async () => { throw new TypeError('canary') }, close: async () => {} },
  })
  await broker.postJson({})
  t.match(broker.log().find(({ msg }) => msg === 'internal error'), { trace_id: /^[0-9a-f]{32}$/ })
  await broker.app.close()
  t.match(collector.spans[0], { status: 2, attributes: { 'error.type': 'internal_error' } })
})

t.test('a client that leaves ends its span without a status', async (t) => {
  const { broker, apideckAnswers, spans } = await traced(t)
  const left = new AbortController()
  apideckAnswers(() => left.abort())
  await t.rejects(fetch(`${broker.url}/vault-session`, { method: 'POST', signal: left.signal }))
  while (!broker.log().some(({ msg }) => msg === 'request abandoned by the client')) await broker.nextLine()
  apideckAnswers(mint)
  const server = (await spans()).find(({ kind }) => kind === 2)
  t.notOk('http.response.status_code' in (server?.attributes ?? {}))
})

t.test('no span holds what is secret, or what a caller has chosen', async (t) => {
  const { broker, collector, apideckAnswers, spans } = await traced(t, { APIDECK_CONSUMER_ID: 'canary-consumer' })
  await broker.postJson({ redirect_uri: 'https://canary.example/' }, { ...fromGateway, authorization: 'Bearer canary', 'user-agent': 'canary', cookie: 'canary=1' })
  await broker.postForm('canary=1')
  await broker.send({ method: 'GET', path: '/canary?canary=1' })
  await broker.postJson({}, { origin: 'https://canary.example' })
  apideckAnswers((_request, response) => response.writeHead(500, { 'request-id': 'not canary' }).end('canary'))
  await broker.postJson({})
  t.ok((await spans()).length >= 7)
  const sent = Buffer.concat(collector.requests.map(({ body }) => body)).toString('latin1')
  // What a gateway of ours says of the trace goes on with it.
  t.notMatch(sent.replaceAll('vendor=canary', ''), /canary|sk_live|eyJ|\/session\//)
})
