import type { ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import { Secret } from '../../src/secret.js'
import { createUpstream } from '../../src/upstream/client.js'
import { exampleSession } from '../helpers/example-session.js'
import { EXPIRES_AT, SESSION_URI, TOKEN, errorBody, heldUpstream, httpUpstream, mintedBody, socketUpstream } from '../helpers/upstream.js'

interface Options {
  timeoutMs?: number
  apiKey?: Secret
  renewKey?: () => Promise<void>
  /** Hears of the credentials. */
  heard?: unknown[]
  now?: () => number
}

function client (t: Test, baseUrl: string, { timeoutMs = 5_000, apiKey = new Secret('sk_live_1'), heard = [], ...rest }: Options = {}) {
  const upstream = createUpstream({
    baseUrl,
    apiKey,
    appId: 'app-1',
    vaultHosts: ['vault.apideck.com'],
    timeoutMs,
    connections: 2,
    userAgent: 'vault-session-broker/1.2.3',
    circuit: { lost: () => {}, regained: () => {} },
    credentials: { lost: ({ failure }) => heard.push(failure), regained: () => heard.push('regained') },
    ...rest,
  })
  t.teardown(() => upstream.close().catch(() => {}))
  return upstream
}

t.test('the request is Apideck\'s, to the letter', async (t) => {
  const { url, received } = await httpUpstream(t)
  await client(t, url).createSession(exampleSession, 'acme')
  t.strictSame(received, [{
    method: 'POST',
    url: '/vault/sessions',
    headers: [
      ['host', new URL(url).host],
      ['connection', 'keep-alive'],
      ['authorization', 'Bearer sk_live_1'],
      ['x-apideck-app-id', 'app-1'],
      ['x-apideck-consumer-id', 'acme'],
      ['content-type', 'application/json'],
      ['accept', 'application/json'],
      ['user-agent', 'vault-session-broker/1.2.3'],
      ['content-length', String(JSON.stringify(exampleSession).length)],
    ],
    body: JSON.stringify(exampleSession),
  }])
})

t.test('an empty Session and an empty allow_actions are sent as such', async (t) => {
  const { url, received } = await httpUpstream(t)
  const upstream = client(t, url)
  await upstream.createSession({}, 'acme')
  await upstream.createSession({ settings: { allow_actions: [] } }, 'acme')
  t.strictSame(received.map(({ body }) => body), ['{}', '{"settings":{"allow_actions":[]}}'])
})

for (const path of ['/apideck', '/apideck/']) {
  t.test(`a base URL may have the path ${path}`, async (t) => {
    const { url, received } = await httpUpstream(t)
    await client(t, url + path).createSession({}, 'acme')
    t.equal(received[0]?.url, '/apideck/vault/sessions')
  })
}

t.test('the answer is the session, and facts for the log', async (t) => {
  const { url } = await httpUpstream(t)
  const { session, facts } = await client(t, url).createSession({}, 'acme')
  t.strictSame(session, { session_uri: SESSION_URI, session_token: TOKEN, expires_at: EXPIRES_AT })
  t.match(facts, { upstream_status: 200, upstream_request_id: 'upstream-1', upstream_duration_ms: Number, upstream_calls: 1 })
})

t.test('of a refusal, the log gets the status, the request ID and the name of its type', async (t) => {
  const { url } = await httpUpstream(t, (_request, response) => {
    response.writeHead(401, { 'request-id': 'upstream-2' }).end(errorBody(401, { type_name: 'UnauthorizedError' }))
  })
  await t.rejects(client(t, url).createSession({}, 'acme'), {
    code: 'upstream_auth_failed',
    facts: { upstream_status: 401, upstream_request_id: 'upstream-2', upstream_error: 'UnauthorizedError' },
  })
})

t.test('what has not the form of an ID or a type name does not get into the log', async (t) => {
  const { url } = await httpUpstream(t, (_request, response) => {
    response.writeHead(500, { 'request-id': 'x'.repeat(200) }).end(errorBody(500, { type_name: 'Bearer sk_live_1' }))
  })
  const error = await client(t, url).createSession({}, 'acme').catch((thrown: unknown) => thrown)
  t.match(error, { code: 'upstream_error', facts: { upstream_status: 500, upstream_request_id: undefined, upstream_error: undefined } })
})

t.test('of a refusal the status counts, though its body breaks off', async (t) => {
  const { url } = await socketUpstream(t, (socket) => socket.end('HTTP/1.1 402 Payment Required\r\ncontent-length: 99\r\n\r\n{"st'))
  await t.rejects(client(t, url).createSession({}, 'acme'), { code: 'upstream_limit_reached' })
})

t.test('the deadline is one for the whole call, however the answer drips', async (t) => {
  const { url } = await socketUpstream(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n')
    const drip = setInterval(() => socket.write('1\r\n \r\n'), 20)
    socket.on('close', () => clearInterval(drip))
  })
  await t.rejects(client(t, url, { timeoutMs: 300 }).createSession({}, 'acme'), { code: 'upstream_timeout', facts: { upstream_failure: 'TimeoutError' } })
})

t.test('the log gets the status and the request ID of an answer that breaks off', async (t) => {
  const { url } = await socketUpstream(t, (socket) => socket.end('HTTP/1.1 200 OK\r\nrequest-id: upstream-3\r\ncontent-length: 99\r\n\r\n{'))
  await t.rejects(client(t, url).createSession({}, 'acme'), {
    code: 'upstream_unreachable',
    facts: { upstream_status: 200, upstream_request_id: 'upstream-3', upstream_failure: String },
  })
})

t.test('no redirect is followed', async (t) => {
  const other = await httpUpstream(t)
  const { url, received } = await httpUpstream(t, (_request, response) => {
    response.writeHead(307, { location: `${other.url}/vault/sessions` }).end()
  })
  await t.rejects(client(t, url).createSession({}, 'acme'), { code: 'upstream_invalid_response' })
  t.equal(received.length, 1)
  t.equal(other.received.length, 0)
})

t.test('closing waits for the call under way, and nothing new begins', async (t) => {
  const { url, next } = await heldUpstream(t)
  const upstream = client(t, url)
  const call = upstream.createSession({}, 'acme')
  const response = await next()
  const closed = upstream.close()
  await t.rejects(upstream.createSession({}, 'acme'), { code: 'shutting_down' })
  response.end(mintedBody())
  await call
  await closed
})

/** Answers with each status in turn, the last for good. 200 is a session. */
function inTurn (...statuses: number[]) {
  let i = 0
  return (_request: unknown, response: ServerResponse) => {
    const status = statuses[Math.min(i++, statuses.length - 1)] ?? 500
    response.writeHead(status).end(status === 200 ? mintedBody() : errorBody(status))
  }
}

t.test('what passes is tried once more, and the log is told how often it went out', async (t) => {
  const { url, received } = await httpUpstream(t, inTurn(503, 200))
  const { facts } = await client(t, url).createSession({ redirect_uri: 'https://acme.example/' }, 'acme')
  t.match(facts, { upstream_status: 200, upstream_calls: 2 })
  t.strictSame(received[1], received[0], 'to the letter')
})

t.test('a refused key is read anew, and another is tried at once', async (t) => {
  const apiKey = new Secret('sk_live_old')
  const { url, received } = await httpUpstream(t, (request, response) => inTurn(request.headers.authorization === 'Bearer sk_live_new' ? 200 : 401)(request, response))
  const heard: unknown[] = []
  const { facts } = await client(t, url, { apiKey, renewKey: async () => apiKey.replace('sk_live_new'), heard }).createSession({}, 'acme')
  t.match(facts, { upstream_status: 200, upstream_calls: 2 })
  t.strictSame(received.map(({ headers }) => new Map(headers).get('authorization')), ['Bearer sk_live_old', 'Bearer sk_live_new'])
  t.strictSame(heard, [], 'nobody is woken')
})

for (const [what, renewed] of [['the same', 'sk_live_1'], ['refused too', 'sk_live_2']] as const) {
  t.test(`a refused key that is ${what} once read anew is refused`, async (t) => {
    const apiKey = new Secret('sk_live_1')
    const { url, received } = await httpUpstream(t, inTurn(401))
    await t.rejects(client(t, url, { apiKey, renewKey: async () => apiKey.replace(renewed) }).createSession({}, 'acme'), { code: 'upstream_auth_failed' })
    t.equal(received.length, renewed === 'sk_live_1' ? 1 : 2)
  })
}

t.test('refused credentials are told of once, and once more as they are taken again; the circuit stays closed', async (t) => {
  const statuses = [...Array.from({ length: 30 }, (_, i) => i % 2 === 0 ? 401 : 403), 200, 200]
  const { url } = await httpUpstream(t, inTurn(...statuses))
  const heard: unknown[] = []
  let now = 1_000
  const upstream = client(t, url, { heard, now: () => now })
  for (let i = 0; i < 30; i++) await t.rejects(upstream.createSession({}, 'acme'), { code: 'upstream_auth_failed' })
  await upstream.createSession({}, 'acme')
  t.strictSame(heard, ['status_401'], 'others may still be refused')
  now += 10_000
  await upstream.createSession({}, 'acme')
  await upstream.createSession({}, 'acme')
  t.strictSame(heard, ['status_401', 'regained'])
})

t.test('it is full where as many wait as may', async (t) => {
  const { url, next } = await heldUpstream(t)
  const upstream = client(t, url)
  const calls = Array.from({ length: 4 }, () => upstream.createSession({}, 'acme'))
  t.ok(upstream.isFull)
  t.strictSame(upstream.standing, { circuit: 'closed', inFlight: 2, waiting: 2 })
  await t.rejects(upstream.createSession({}, 'acme'), { code: 'overloaded' })
  for (let i = 0; i < calls.length; i++) (await next()).end(mintedBody())
  await Promise.all(calls)
  t.notOk(upstream.isFull)
  t.strictSame(upstream.standing, { circuit: 'closed', inFlight: 0, waiting: 0 })
})
