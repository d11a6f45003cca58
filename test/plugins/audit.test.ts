import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { createApp } from '../../src/app.js'
import { createLogger } from '../../src/logger.js'
import { startBroker, type LogLine } from '../helpers/broker.js'
import { startCollector } from '../helpers/collector.js'
import { testConfig } from '../helpers/environment.js'
import { startIssuer } from '../helpers/issuer.js'
import { EXPIRES_AT, TOKEN, errorBody, heldUpstream, httpUpstream } from '../helpers/upstream.js'

const issuer = await startIssuer(t)
const variables = { ...issuer.variables, JWT_CONSUMER_CLAIM: 'orgs', TRUSTED_PROXIES: '127.0.0.1', RATE_LIMIT_MAX: '1000' }
const ada = { authorization: `Bearer ${await issuer.sign({ sub: 'ada', orgs: ['acme', 'globex'] })}`, 'x-forwarded-for': '203.0.113.7', 'x-request-id': 'gateway-1' }

const seen = new Set<string>()

function events (log: LogLine[]) {
  const events = log.filter(({ msg }) => msg === 'audit').map(({ time: _time, level: _level, service: _service, msg: _msg, ...event }) => event)
  for (const name of events.flatMap(Object.keys)) seen.add(name)
  return events
}

t.test('a session that is minted can be told from its URL, and nothing of it from the event', async (t) => {
  const upstream = await httpUpstream(t)
  const broker = await startBroker(t, { ...variables, APIDECK_BASE_URL: upstream.url })
  await broker.postJson(
    { consumer_metadata: { email: 'canary@acme.com' }, settings: { unified_apis: ['crm'] }, custom_consumer_settings: { canary: 'canary' } },
    { ...ada, 'x-apideck-consumer-id': 'globex' }
  )
  t.strictSame(events(broker.log()), [{
    event: 'session_minted',
    request_id: 'gateway-1',
    address: '203.0.113.7',
    consumer_id: 'globex',
    issuer: issuer.url,
    subject: 'ada',
    fields: ['consumer_metadata.email', 'settings.unified_apis', 'custom_consumer_settings'],
    session_expires_at: EXPIRES_AT,
    session_sha256: createHash('sha256').update(TOKEN).digest('hex').slice(0, 16),
    status: 200,
    upstream_request_id: 'upstream-1',
  }])
  t.notMatch(broker.output(), /canary|"crm"/)
})

const who = { request_id: 'gateway-1', address: '203.0.113.7' }
const known = { ...who, issuer: issuer.url, subject: 'ada' }
const refusals: Array<[what: string, headers: Record<string, string>, body: unknown, event: LogLine]> = [
  ['who is not known', { ...ada, authorization: 'Bearer canary' }, {}, { ...who, status: 401, code: 'unauthenticated', identity_failure: 'ERR_JWS_INVALID' }],
  ['a page of another origin', { ...ada, origin: 'https://canary.example' }, {}, { ...who, status: 403, code: 'origin_not_allowed' }],
  ['another\'s consumer, by its name', { ...ada, 'x-apideck-consumer-id': 'initech' }, {}, { ...known, refused_consumer_id: 'initech', status: 403, code: 'consumer_not_allowed' }],
  ['what is no consumer, without its name', { ...ada, 'x-apideck-consumer-id': 'can ary' }, {}, { ...known, status: 403, code: 'consumer_not_allowed' }],
  ['no choice', ada, {}, { ...known, status: 400, code: 'invalid_request' }],
  ['a body that does not fit', { ...ada, 'x-apideck-consumer-id': 'acme' }, { canary: 'canary' }, { ...known, consumer_id: 'acme', status: 400, code: 'invalid_request' }],
  ['a redirect URI', { ...ada, 'x-apideck-consumer-id': 'acme' }, { redirect_uri: 'https://canary.example/' }, { ...known, consumer_id: 'acme', fields: ['redirect_uri'], status: 422, code: 'redirect_uri_not_allowed' }],
  ['what Apideck refuses', { ...ada, 'x-apideck-consumer-id': 'acme' }, {}, { ...known, consumer_id: 'acme', fields: [], status: 502, code: 'upstream_auth_failed', upstream_request_id: 'upstream-2' }],
]
for (const [what, headers, body, event] of refusals) {
  t.test(`a refusal of ${what} is told, with what is known by then`, async (t) => {
    const upstream = await httpUpstream(t, (_request, response) => response.writeHead(401, { 'request-id': 'upstream-2' }).end(errorBody(401)))
    const broker = await startBroker(t, { ...variables, APIDECK_BASE_URL: upstream.url })
    await broker.postJson(body, headers)
    t.strictSame(events(broker.log()), [{ event: 'session_refused', ...event }])
  })
}

t.test('what is no request for a session leaves no event', async (t) => {
  const broker = await startBroker(t)
  for (const [method, path] of [['GET', '/livez'], ['GET', '/vault-session'], ['POST', '/nope'], ['OPTIONS', '/vault-session']] as const) await broker.send({ method, path })
  t.strictSame(events(broker.log()), [])
})

/** What is told of a request whose client leaves before there is an answer. */
async function abandon (t: Test, variables: Record<string, string>, headers: string[] = []) {
  const held = await heldUpstream(t)
  const broker = await startBroker(t, { ...variables, APIDECK_BASE_URL: held.url })
  const client = connect(Number(new URL(broker.url).port), '127.0.0.1')
  client.write(['POST /vault-session HTTP/1.1', 'host: x', 'content-length: 0', ...headers, '', ''].join('\r\n'))
  const cancelled = once(await held.next(), 'close')
  client.destroy()
  await cancelled
  while (events(broker.log()).length === 0) await broker.nextLine()
  return events(broker.log())
}

t.test('a session that nobody waited for is told as such', async (t) => {
  t.match(await abandon(t, {}), [{ event: 'session_abandoned', address: '127.0.0.1', consumer_id: 'acme', status: undefined, code: undefined }])
  const authorization = `authorization: Bearer ${await issuer.sign({ orgs: 'acme' })}`
  t.match(await abandon(t, { ...issuer.variables, JWT_CONSUMER_CLAIM: 'orgs' }, [authorization]), [{ event: 'session_abandoned', address: '127.0.0.1' }])
  t.match(await abandon(t, variables, [authorization, 'x-forwarded-for: 203.0.113.7']), [{ event: 'session_abandoned', address: '203.0.113.7' }])
})

t.test('of requests in a row each leaves its event, wherever its client leaves', async (t) => {
  const held = await heldUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: held.url, RATE_LIMIT_MAX: '1000' })
  const client = connect(Number(new URL(broker.url).port), '127.0.0.1')
  client.write('POST /vault-session HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'.repeat(5))
  for (let i = 0; i < 5; i++) await held.next()
  client.destroy()
  while (events(broker.log()).length < 5) await broker.nextLine()
  t.match(events(broker.log()), Array(5).fill({ event: 'session_abandoned', address: '127.0.0.1', consumer_id: 'acme' }))
})

t.test('events are written whatever LOG_LEVEL is', async (t) => {
  const { url } = await httpUpstream(t)
  for (const level of ['error', 'silent'] as const) {
    const lines: string[] = []
    const app = await createApp(testConfig({ APIDECK_BASE_URL: url }), { logger: createLogger({ level, secrets: [], destination: { write: (line) => lines.push(line) } }) })
    await app.inject({ method: 'POST', url: '/vault-session' })
    await app.close()
    t.strictSame(lines.map((line) => (JSON.parse(line) as LogLine)['event']), ['session_minted'], level)
  }
})

t.test('where requests are traced, an event leads to its trace', async (t) => {
  const [{ url }, collector] = [await httpUpstream(t), await startCollector(t)]
  const broker = await startBroker(t, { APIDECK_BASE_URL: url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
  await broker.send()
  t.match(events(broker.log()), [{ event: 'session_minted', trace_id: /^[0-9a-f]{32}$/ }])
})

t.test('docs/audit.md has every member that an event had here, and no other', async (t) => {
  const rows = readFileSync('docs/audit.md', 'utf8').split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split(' | ', 1)[0] ?? '')
  t.strictSame(rows.flatMap((cell) => Array.from(cell.matchAll(/`(\w+)`/g), ([, name = '']) => name)).sort(), [...seen].sort())
})
