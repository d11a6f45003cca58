import t, { type Test } from 'tap'
import { send } from '../helpers/broker.js'
import { API_KEY, environment } from '../helpers/environment.js'
import { startIssuer } from '../helpers/issuer.js'
import { runFile, startServer } from '../helpers/process.js'
import { SESSION_URI, TOKEN, TOKEN_CANARY, errorBody, httpUpstream, mintedBody, socketUpstream } from '../helpers/upstream.js'

/*
 * Canaries through every way that a secret could take to the output: each stands for a credential or for what a
 * caller sent, and none may be in anything that the process writes, whatever goes wrong.
 */

const canaries = [API_KEY, TOKEN, TOKEN_CANARY, 'canary-authorization', 'canary-cookie', 'canary-body', 'canary-query', 'canary-form', 'canary-opaque', 'canary-upstream']

const secrets = { authorization: 'Bearer canary-authorization', cookie: 'session=canary-cookie', 'x-gateway-secret': 'canary-authorization' }
const json = { ...secrets, 'content-type': 'application/json' }
const form = { ...secrets, 'content-type': 'application/x-www-form-urlencoded' }
const session = JSON.stringify({ consumer_metadata: { email: 'canary-body' }, custom_consumer_settings: { token: 'canary-body' } })

/** One request a row: each ends in another place. */
const requests: Array<Parameters<typeof send>[1] & { path?: string }> = [
  { method: 'POST', headers: json, body: session },
  { method: 'POST', headers: { ...json, accept: 'text/html' }, body: session },
  { method: 'POST', headers: form, body: 'consumer_metadata[email]=canary-form' },
  { method: 'POST', headers: json, body: '{"canary-body":' },
  { method: 'POST', headers: json, body: JSON.stringify({ canary: 'canary-body', redirect_uri: 7 }) },
  { method: 'POST', headers: form, body: 'theme[__proto__]=canary-form' },
  { method: 'POST', headers: json, body: JSON.stringify({ redirect_uri: 'https://canary-body.example/' }) },
  { method: 'POST', headers: { ...json, 'content-type': 'text/plain' }, body: 'canary-body' },
  { method: 'POST', headers: json, body: 'canary-body'.repeat(2_000) },
  { method: 'POST', headers: { ...json, origin: 'https://canary-body.example' }, body: session },
  { method: 'POST', headers: { ...json, 'x-apideck-consumer-id': 'canary body' }, body: session },
  { method: 'POST', headers: json, body: session, path: '/vault-session/canary-query' },
  { method: 'GET', headers: secrets, path: '/vault-session?jwt=canary-query' },
  { method: 'GET', headers: secrets, path: '/%ff?token=canary-query' },
]

/** Everything that a broker with this upstream writes, and what it measured, while it answers all of them, at the most talkative level. */
async function outputOf (t: Test, upstream: string, variables: Record<string, string> = {}): Promise<string> {
  const server = await startServer(t, {
    ...environment, APIDECK_BASE_URL: upstream, LOG_LEVEL: 'trace', RATE_LIMIT_MAX: '1000', UPSTREAM_TIMEOUT_MS: '1500', METRICS_PORT: '0', ...variables,
  }, { program: 'dist/server.js' })
  for (const { path = '/vault-session', ...request } of requests) {
    const { status, headers, text } = await send(server.url + path, request)
    const answer = JSON.stringify(headers) + text
    t.notOk(answer.includes(API_KEY), 'the API key is in no answer')
    if (status >= 400) for (const canary of canaries) t.notOk(answer.includes(canary), `${canary} is in no refusal`)
  }
  const metrics = await send(`${/http:[^"]+/.exec(await server.line(/Metrics listening at/))?.[0]}/metrics`)
  t.equal(metrics.status, 200)
  server.kill('SIGTERM')
  t.equal(await server.exit, 0)
  return server.output() + metrics.text
}

const detail = `Bearer ${API_KEY} canary-upstream ${SESSION_URI}`
const answers: Array<[what: string, status: number, body: string]> = [
  ['mints', 200, mintedBody()],
  ['mints an opaque token', 200, mintedBody({ session_uri: 'https://vault.apideck.com/session/canary-opaque', session_token: 'canary-opaque' })],
  ['mints for another host', 200, mintedBody({ session_uri: `https://evil.example/session/${TOKEN}` })],
  ['answers with something that is not JSON', 200, `canary-upstream ${TOKEN}`],
  ...[400, 401, 402, 403, 404, 422, 429, 500, 503].map((status): [string, number, string] =>
    [`answers ${status} with the request in its detail`, status, errorBody(status, { message: detail, detail: { request: { authorization: detail, cookie: 'canary-upstream' } }, type_name: TOKEN })]),
]
for (const [what, status, body] of answers) {
  t.test(`nothing leaks where the upstream ${what}`, async (t) => {
    const { url } = await httpUpstream(t, (_request, response) => {
      response.writeHead(status, { 'request-id': 'x canary-upstream', 'set-cookie': 'a=canary-upstream' }).end(body)
    })
    const output = await outputOf(t, url)
    t.match(output, new RegExp(`"upstream_status":${status}`), 'the way was taken')
    for (const canary of canaries) t.notOk(output.includes(canary), canary)
  })
}

t.test('nothing leaks where the connection breaks', async (t) => {
  const { url } = await socketUpstream(t, (socket) => socket.write(`HTTP/1.1 200 OK\r\nlocation: ${SESSION_URI}\r\ncontent-length: 999\r\n\r\n${TOKEN}`))
  const output = await outputOf(t, url)
  t.match(output, /"code":"upstream_timeout"/)
  for (const canary of canaries) t.notOk(output.includes(canary), canary)
})

t.test('nothing leaks where our own code is careless with a secret', async (t) => {
  const { code, output } = await runFile('test/helpers/leaky-server.ts')
  t.equal(code, 0)
  for (const way of ['internal error', 'answered 500', 'a careless object', 'a careless depth', 'a careless answer', 'a careless configuration', 'nobody caught']) {
    t.ok(output.includes(way), way)
  }
  for (const canary of [...canaries, Buffer.from(API_KEY).toString('base64')]) t.notOk(output.includes(canary), canary)
})

t.test('nothing leaks where connections fail, clients break off, and limits are met', async (t) => {
  const output = await outputOf(t, 'https://127.0.0.1:1', { RATE_LIMIT_MAX: '2' })
  t.match(output, /"code":"upstream_unreachable"[^]*"code":"rate_limited"/)
  for (const canary of canaries) t.notOk(output.includes(canary), canary)
})

const nobody = { APIDECK_CONSUMER_ID: '', ALLOWED_ORIGINS: 'https://app.example' }

t.test('nothing leaks of callers\' tokens, good and bad, wherever they come in', async (t) => {
  const { url } = await httpUpstream(t)
  const issuer = await startIssuer(t)
  const server = await startServer(t, {
    ...environment, ...nobody, ...issuer.variables, APIDECK_BASE_URL: url, LOG_LEVEL: 'trace', JWT_COOKIE: 'session', JWT_HEADER: 'x-token', JWT_CONSUMER_CLAIM: 'org',
  }, { program: 'dist/server.js' })
  const good = await issuer.sign({ org: 'acme', email: 'canary-body' })
  const bad = [`${good}canary`, await issuer.sign({ org: 'canary body' }), await issuer.sign({ org: 'acme', exp: 1 }), 'canary-opaque']
  for (const token of [good, ...bad]) {
    for (const headers of [{ authorization: `Bearer ${token}` }, { 'x-token': token }, { cookie: `session=${token}` }]) {
      await send(`${server.url}/vault-session`, { method: 'POST', headers: { ...headers, origin: 'https://app.example' } })
    }
  }
  server.kill('SIGTERM')
  t.equal(await server.exit, 0)
  t.match(server.output(), /"event":"session_minted"[^]*"identity_failure":"expired"/)
  for (const canary of [...canaries, ...[good, ...bad].flatMap((token) => token.split('.'))]) t.notOk(server.output().includes(canary), canary)
})

t.test('nothing leaks of what the gateway and Redis are known by', async (t) => {
  const { url } = await httpUpstream(t)
  const output = await outputOf(t, url, {
    ...nobody, IDENTITY: 'gateway', GATEWAY_SECRET: 'canary-authorization', TRUSTED_PROXIES: '127.0.0.1', REDIS_URL: 'redis://canary-opaque:canary-cookie@127.0.0.1:1',
  })
  t.match(output, /"dependency":"Redis","failure":"ECONNREFUSED"/)
  t.match(output, /"identity_failure":"(?:no_credential|not_a_consumer_id)"/)
  for (const canary of canaries) t.notOk(output.includes(canary), canary)
})

t.test('nothing leaks where the key is upside down in the configuration', async (t) => {
  const failed = await startServer(t, { ...environment, APIDECK_API_KEY: `Bearer ${API_KEY}`, APIDECK_BASE_URL: `https://user:${API_KEY}@x` }).catch(String)
  t.match(failed, /APIDECK_API_KEY must be[^]*APIDECK_BASE_URL must be/)
  t.notOk(String(failed).includes(API_KEY))
})
