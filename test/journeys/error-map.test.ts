import { createServer as createTlsServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import type { Parts } from '../../src/app.js'
import { BrokerError, catalogue, type ErrorCode } from '../../src/errors.js'
import type { Identity } from '../../src/identity/identity.js'
import type { AnswerShape } from '../../src/policy/answer-shape.js'
import { startBroker, type Answer, type Client } from '../helpers/broker.js'
import { TOKEN, errorBody, heldUpstream, httpUpstream, listen, mint, mintedBody, socketUpstream, upstreamOf } from '../helpers/upstream.js'

/*
 * Both tables of errors, row by row, each seen on the wire: as problem+json by a program, as a page by a navigation and
 * as Apideck's object by an SDK, with nothing in it of what the upstream said.
 */

const seen = new Set<ErrorCode>()

function verify (t: Test, answer: Answer, code: ErrorCode, shape: AnswerShape, headers: Record<string, RegExp | string> = {}): void {
  seen.add(code)
  const { status, title, retryAfter } = catalogue[code]
  t.match(answer, { status, headers: { 'cache-control': 'no-store', ...headers } })
  if (retryAfter !== undefined) t.match(answer.headers['retry-after'], /^[1-9]\d*$/)
  t.notMatch(answer.text + JSON.stringify(answer.headers), /upstream-words|127\.0\.0\.1|node_modules|\.ts:|eyJ/)
  const requestId = answer.headers['x-request-id']
  switch (shape) {
    case 'json':
      t.match(answer.headers['content-type'], /^application\/problem\+json/)
      t.match(answer.json, { status, code, title, request_id: requestId })
      break
    case 'apideck':
      t.match(answer.headers['content-type'], /^application\/json/)
      t.match(answer.json, { status_code: status, detail: { code, request_id: requestId } })
      break
    case 'page':
      t.match(answer.headers['content-type'], /^text\/html/)
      t.match(answer.text, new RegExp(`<h1>${title}</h1>[^]*<code>${code}</code>`))
  }
}

/** Asks once as a program, once as a navigation and once as an SDK. */
async function verifyAll (t: Test, broker: Awaited<ReturnType<typeof startBroker>>, code: ErrorCode, headers?: Record<string, RegExp | string>): Promise<void> {
  verify(t, await broker.postJson({}), code, 'json', headers)
  verify(t, await broker.postForm(''), code, 'page', headers)
  verify(t, await broker.sdk.send(), code, 'apideck', headers)
}

type Respond = (request: IncomingMessage, response: ServerResponse) => void

const status = (status: number, body = errorBody(status), headers: Record<string, string> = {}): Respond =>
  (_request, response) => { response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body) }
const ok = (body: string): Respond => status(200, body)

const answers: Array<[what: string, respond: Respond, code: ErrorCode, headers?: Record<string, string>]> = [
  ['400 about the Session', status(400), 'session_rejected'],
  ['422 about the Session', status(422, errorBody(422, { type_name: 'InvalidStateError' })), 'session_rejected'],
  ['400 about headers', status(400, errorBody(400, { type_name: 'RequestHeadersValidationError' })), 'upstream_rejected'],
  ['400 that is not Apideck\'s', status(400, '<html>upstream-words</html>'), 'upstream_rejected'],
  ...[404, 405, 409, 410, 413, 415, 418, 431, 451].map((code): [string, Respond, ErrorCode] => [`${code}`, status(code), 'upstream_rejected']),
  ['401', status(401, errorBody(401, { type_name: 'UnauthorizedError', detail: { request: { headers: { authorization: 'Bearer upstream-words' } } } })), 'upstream_auth_failed'],
  ['403', status(403), 'upstream_auth_failed'],
  ['402', status(402, errorBody(402, { type_name: 'RequestLimitError' })), 'upstream_limit_reached'],
  ['425', status(425), 'upstream_rate_limited', { 'retry-after': '5' }],
  ['429', status(429), 'upstream_rate_limited', { 'retry-after': '5' }],
  ['429 with a wait', status(429, errorBody(429), { 'retry-after': '17' }), 'upstream_rate_limited', { 'retry-after': '17' }],
  ['408', status(408), 'upstream_timeout'],
  ['504', status(504), 'upstream_timeout'],
  ['503', status(503), 'upstream_unavailable', { 'retry-after': '5' }],
  ['503 with a wait', status(503, errorBody(503), { 'retry-after': '17' }), 'upstream_unavailable', { 'retry-after': '17' }],
  ['500', status(500), 'upstream_error'],
  ['502 of a proxy', status(502, '<html>upstream-words</html>'), 'upstream_error'],
  ['507', status(507), 'upstream_error'],
  ['201 with a session', status(201, mintedBody()), 'upstream_invalid_response'],
  ['202', status(202), 'upstream_invalid_response'],
  ['204', (_request, response) => { response.writeHead(204).end() }, 'upstream_invalid_response'],
  ...[301, 302, 303, 307, 308].map((code): [string, Respond, ErrorCode] => [`${code}`, status(code, '', { location: 'https://vault.apideck.com/session/upstream-words' }), 'upstream_invalid_response']),
  ['a page for JSON', ok('<html>upstream-words</html>'), 'upstream_invalid_response'],
  ['an empty body', ok(''), 'upstream_invalid_response'],
  ['half of the JSON', ok(mintedBody().slice(0, -5)), 'upstream_invalid_response'],
  ['null', ok('null'), 'upstream_invalid_response'],
  ['no session_uri', ok(mintedBody({ session_uri: undefined })), 'upstream_invalid_response'],
  ['no session_token', ok(mintedBody({ session_token: undefined })), 'upstream_invalid_response'],
  ['a session_uri that is a script', ok(mintedBody({ session_uri: 'javascript:alert(1)' })), 'upstream_invalid_response'],
  ['a session_uri over http', ok(mintedBody({ session_uri: `http://vault.apideck.com/session/${TOKEN}` })), 'upstream_invalid_response'],
  ['a session_uri at another host', ok(mintedBody({ session_uri: 'https://evil.example/upstream-words' })), 'upstream_invalid_response'],
  ['a session_uri with a line feed', ok(mintedBody({ session_uri: 'https://vault.apideck.com/\r\nset-cookie: a=upstream-words' })), 'upstream_invalid_response'],
  ['too large a body', ok(mintedBody({ padding: 'x'.repeat(300_000) })), 'upstream_invalid_response'],
]
for (const [what, respond, code, headers] of answers) {
  t.test(`upstream answers ${what}: ${code}`, async (t) => {
    const { url } = await httpUpstream(t, respond)
    await verifyAll(t, await startBroker(t, { APIDECK_BASE_URL: url }), code, headers)
  })
}

const sockets: Array<[what: string, onRequest: (socket: Socket) => void, code: ErrorCode]> = [
  ['is silent', () => {}, 'upstream_timeout'],
  ['stops in the middle of its headers', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-'), 'upstream_timeout'],
  ['stops in the middle of its body', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{'), 'upstream_timeout'],
  ['closes without a word', (socket) => socket.end(), 'upstream_unreachable'],
  ['resets', (socket) => socket.resetAndDestroy(), 'upstream_unreachable'],
  ['resets in the middle of its body', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{', () => socket.resetAndDestroy()), 'upstream_unreachable'],
  ['closes in the middle of its body', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{'), 'upstream_unreachable'],
  ['closes in the middle of a chunk', (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{'), 'upstream_unreachable'],
  ['speaks no HTTP', (socket) => socket.write('SSH-2.0-OpenSSH\r\n'), 'upstream_invalid_response'],
  ['sends a bad chunk', (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'), 'upstream_invalid_response'],
  ['sends too large a header', (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`), 'upstream_invalid_response'],
  ['answers 100', (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 'upstream_invalid_response'],
  ['answers 101', (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'), 'upstream_invalid_response'],
]
for (const [what, onRequest, code] of sockets) {
  t.test(`upstream ${what}: ${code}`, async (t) => {
    const { url } = await socketUpstream(t, onRequest)
    await verifyAll(t, await startBroker(t, { APIDECK_BASE_URL: url, UPSTREAM_TIMEOUT_MS: '1000' }), code)
  })
}

t.test('upstream refuses connections: upstream_unreachable', async (t) => {
  await verifyAll(t, await startBroker(t, { APIDECK_BASE_URL: 'http://127.0.0.1:1' }), 'upstream_unreachable')
})

t.test('upstream has no address: upstream_unreachable', async (t) => {
  await verifyAll(t, await startBroker(t, { APIDECK_BASE_URL: `https://${'x'.repeat(64)}.example` }), 'upstream_unreachable')
})

t.test('upstream has a certificate that nobody vouches for: upstream_unreachable', async (t) => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' })
  const url = await listen(t, createTlsServer({ cert, key }, mint), 'https')
  await verifyAll(t, await startBroker(t, { APIDECK_BASE_URL: url }), 'upstream_unreachable')
})

t.test('upstream speaks no TLS: upstream_unreachable', async (t) => {
  const { url } = await socketUpstream(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await verifyAll(t, await startBroker(t, { APIDECK_BASE_URL: url.replace('http:', 'https:') }), 'upstream_unreachable')
})

t.test('too many requests are in flight: overloaded', async (t) => {
  const upstream = await heldUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, UPSTREAM_CONNECTIONS: '1' })
  const first = broker.send()
  const inFlight = await upstream.next()
  const others = [broker.send(), broker.send()]
  verify(t, await Promise.race(others), 'overloaded', 'json', { 'retry-after': '1' })
  mint(inFlight.req, inFlight)
  const waited = await upstream.next()
  mint(waited.req, waited)
  t.strictSame((await Promise.all([first, ...others])).map(({ status }) => status).sort(), [200, 200, 503])
})

t.test('a rejected Session points to what the upstream named, in our words', async (t) => {
  const { url } = await httpUpstream(t, status(422, errorBody(422, { detail: { 'settings.session_length': 'upstream-words' } })))
  const broker = await startBroker(t, { APIDECK_BASE_URL: url })
  const answer = await broker.postJson({ settings: { session_length: '7d' } })
  verify(t, answer, 'session_rejected', 'json')
  t.strictSame(answer.json['errors'], [{ pointer: '/settings/session_length', message: 'was not accepted by Apideck' }])
})

const refusing = (error: BrokerError): Identity => ({ isSentByBrowser: () => false, identify: async () => { throw error }, close: async () => {} })
const policy = { caller_fields: ['redirect_uri'] }

const callers: Array<[what: string, code: ErrorCode, ask: (broker: Client, headers: Record<string, string>) => Promise<Answer>, headers?: Record<string, RegExp | string>, parts?: Omit<Parts, 'logger'>]> = [
  ['broken JSON', 'invalid_request', (broker, headers) => broker.postJson('{', headers)],
  ['a body that does not fit', 'invalid_request', (broker, headers) => broker.postJson({ redirectUri: 'x' }, headers)],
  ['a form that does not fit', 'invalid_request', (broker, headers) => broker.postForm('redirectUri=x', headers)],
  ['no credential that verifies', 'unauthenticated', (broker, headers) => broker.send({ headers }), { 'www-authenticate': 'Bearer' }, { identity: refusing(new BrokerError('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } })) }],
  ['a credential whose issuer cannot be reached', 'identity_unavailable', (broker, headers) => broker.send({ headers }), { 'retry-after': '5' }, { identity: refusing(new BrokerError('identity_unavailable')) }],
  ['an origin that is not allowed', 'origin_not_allowed', (broker, headers) => broker.send({ headers: { ...headers, origin: 'https://evil.example' } })],
  ['a form of an origin that is not allowed', 'origin_not_allowed', (broker, headers) => broker.postForm('', { ...headers, origin: 'https://evil.example' })],
  ['another\'s consumer', 'consumer_not_allowed', (broker, headers) => broker.send({ headers: { ...headers, 'x-apideck-consumer-id': 'globex' } })],
  ['an unknown path', 'not_found', (broker, headers) => broker.send({ headers, path: '/nope' })],
  ['another method', 'method_not_allowed', (broker, headers) => broker.send({ headers, method: 'GET' }), { allow: 'POST' }],
  ['too large a body', 'payload_too_large', (broker, headers) => broker.postJson(' '.repeat(16_385), headers)],
  ['a form that is too large', 'payload_too_large', (broker, headers) => broker.postForm('a'.repeat(16_385), headers)],
  ['another content type', 'unsupported_media_type', (broker, headers) => broker.postJson('{}', { ...headers, 'content-type': 'text/plain' })],
  ['a field that policy refuses', 'policy_violation', (broker, headers) => broker.postJson({ theme: { vault_name: 'x' } }, headers)],
  ['a redirect_uri that is not allowed', 'redirect_uri_not_allowed', (broker, headers) => broker.postJson({ redirect_uri: 'https://evil.example/' }, headers)],
  ['a request too many', 'rate_limited', async (broker, headers) => { await broker.send({ headers }); return broker.send({ headers }) }, { 'retry-after': /^\d+$/ }],
  ['a bug', 'internal_error', (broker, headers) => broker.send({ headers }), {}, { upstream: upstreamOf(async () => { throw new Error('upstream-words') }) }],
]
for (const [what, code, ask, headers, parts] of callers) {
  // SDKs send JSON, and their route takes nothing else.
  const toSdk = what.includes('a form') && code !== 'origin_not_allowed' ? 'unsupported_media_type' : code
  t.test(`the caller meets ${what}: ${code}`, async (t) => {
    const { url, received } = await httpUpstream(t)
    const SESSION_POLICY_FILE = `${t.testdir({ 'policy.json': JSON.stringify(policy) })}/policy.json`
    const broker = await startBroker(t, { APIDECK_BASE_URL: url, SESSION_POLICY_FILE, RATE_LIMIT_MAX: code === 'rate_limited' ? '1' : '1000' }, parts)
    verify(t, await ask(broker, { 'sec-fetch-mode': 'cors' }), code, 'json', headers)
    verify(t, await ask(broker, { 'sec-fetch-mode': 'navigate' }), code, 'page', headers)
    verify(t, await ask(broker.sdk, { 'x-apideck-app-id': 'any' }), toSdk, 'apideck', headers)
    t.equal(received.length, code === 'rate_limited' ? 1 : 0, 'nothing that is refused goes upstream')
  })
}

t.test('on the way down: shutting_down', async (t) => {
  const broker = await startBroker(t, {}, { upstream: upstreamOf(async () => { throw new BrokerError('shutting_down') }) })
  await verifyAll(t, broker, 'shutting_down', { 'retry-after': '1' })
})

t.test('no code of the catalogue is left unseen', async (t) => {
  t.strictSame(Object.keys(catalogue).filter((code) => !seen.has(code as ErrorCode)), [])
})
