import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Ajv } from 'ajv'
import t from 'tap'
import { ProblemSchema } from '../../src/schemas/problem.js'
import { startBroker } from '../helpers/broker.js'
import { httpUpstream, upstreamOf } from '../helpers/upstream.js'

const isProblem = new Ajv().compile(ProblemSchema)
const { url } = await httpUpstream(t)
const broker = await startBroker(t, { APIDECK_BASE_URL: url, RATE_LIMIT_MAX: '1000' })

t.test('a program gets problem+json', async (t) => {
  const answer = await broker.postJson({ redirectUri: 'x' })
  t.match(answer.headers['content-type'], /^application\/problem\+json/)
  t.ok(isProblem(answer.json), JSON.stringify(isProblem.errors))
  t.strictSame(answer.json, {
    type: 'urn:vault-session-broker:problem:invalid_request',
    title: 'Invalid request',
    status: 400,
    detail: 'The body does not fit the Session schema: see errors.',
    code: 'invalid_request',
    request_id: answer.headers['x-request-id'],
    errors: [{ pointer: '/redirectUri', message: 'is not a known property; did you mean redirect_uri?' }],
  })
})

t.test('a navigation gets the same facts as a page', async (t) => {
  const answer = await broker.postForm('redirectUri=%3Cscript%3E')
  t.equal(answer.status, 400)
  t.match(answer.headers, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': /style-src 'sha256-/ })
  t.match(answer.text, /did you mean redirect_uri\?/)
  t.ok(answer.text.includes(answer.headers['x-request-id'] ?? 'none'))
  t.notMatch(answer.text, /<script>/)
})

t.test('a fault never repeats a value', async (t) => {
  const answer = await broker.postJson({ redirect_uri: 7, theme: { logo: 'canary', primary_color: 'canary' }, settings: { session_length: 'canary', unified_apis: ['CANARY'] } })
  t.equal(answer.status, 400)
  t.notMatch(answer.text, /canary/i)
})

for (const [method, path, status, allow] of [
  ['GET', '/vault-session', 405, 'POST'],
  ['PUT', '/vault-session?x=1', 405, 'POST'],
  ['HEAD', '/vault-session', 405, 'POST'],
  ['PROPFIND', '/vault-session', 405, 'POST'],
  ['TRACE', '/vault-session', 405, 'POST'],
  ['POST', '/livez', 405, 'GET, HEAD'],
  ['DELETE', '/readyz', 405, 'GET, HEAD'],
  ['POST', '/vault-session/', 404, undefined],
  ['POST', '/Vault-Session', 404, undefined],
  ['POST', '/', 404, undefined],
  ['GET', '/*', 404, undefined],
  ...['/*a', '/:(', '/:a([)', '/livez:a(', '/:x(canary)', '/vault-session(/'].map((path) => ['GET', path, 404, undefined] as const),
  ['GET', `/${'x'.repeat(500)}`, 404, undefined],
  ['GET', '/%', 404, undefined],
  ['POST', '/vault-session/..%2f', 404, undefined],
] as const) {
  t.test(`${method} ${path.slice(0, 30)} is ${status}`, async (t) => {
    const answer = await broker.send({ method: method as 'GET', path })
    t.equal(answer.status, status)
    t.equal(answer.headers['allow'], allow)
  })
}

t.test('where nobody would take a body, nobody reads it', async (t) => {
  const request = { headers: { 'content-type': 'application/json' }, body: '{' }
  t.equal((await broker.send({ ...request, path: '/nope' })).status, 404)
  t.equal((await broker.send({ ...request, method: 'PUT' })).status, 405)
  t.equal((await broker.send({ ...request, path: '/livez' })).status, 405)
})

t.test('a bug is a 500 that tells nothing, and a line that tells all', async (t) => {
  const broken = await startBroker(t, {}, {
    upstream: upstreamOf(async () => { throw new TypeError('words of the bug') }),
  })
  const answer = await broken.send()
  t.match(answer, { status: 500, json: { code: 'internal_error' } })
  t.notMatch(answer.text, /words of the bug|TypeError|\.ts/)
  t.match(broken.log().find(({ msg }) => msg === 'internal error'), {
    level: 'error',
    request_id: answer.headers['x-request-id'],
    err: { type: 'TypeError', message: 'words of the bug', stack: /problems\.test/ },
  })
})

t.test('too large a body is read off, so that whoever still sends it gets the answer, and may go on', async (t) => {
  const broker = await startBroker(t)
  const socket = connect(Number(new URL(broker.url).port), '127.0.0.1')
  const body = Buffer.alloc(2_000_000, ' ')
  socket.write(`POST /vault-session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`)
  socket.write(body)
  socket.write('GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  t.match(await text(socket), /^HTTP\/1\.1 413 [^]*payload_too_large[^]*HTTP\/1\.1 200 OK/)
})
