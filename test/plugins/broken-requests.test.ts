import { EventEmitter, once } from 'node:events'
import { Socket, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import type { Identity } from '../../src/identity/identity.js'
import { startBroker } from '../helpers/broker.js'
import { heldUpstream, httpUpstream, mint } from '../helpers/upstream.js'

const upstream = await httpUpstream(t)
const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: 'https://app.acme.com' })

/** What comes back until the connection closes. */
async function exchange (bytes: string): Promise<string> {
  const socket = connect(Number(new URL(broker.url).port), '127.0.0.1')
  socket.write(bytes)
  return text(socket)
}

const head = 'POST /vault-session HTTP/1.1\r\nhost: x\r\n'
for (const [what, bytes] of [
  ['no HTTP', 'hello\r\n\r\n'],
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['two lengths', `${head}content-length: 1\r\ncontent-length: 2\r\n\r\n{}`],
  ['a length and chunks', `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`],
  ['a bad chunk', `${head}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`],
  ['too large a header', `${head}x: ${'x'.repeat(20_000)}\r\n\r\n`],
] as const) {
  t.test(`${what} is refused in the shape of every error, and the connection closed`, async (t) => {
    const answer = await exchange(bytes)
    t.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/)
    t.match(answer.toLowerCase(), /\r\nconnection: close\r\n/)
    t.match(answer, /\r\ncache-control: no-store\r\n[^]*\r\ncontent-type: application\/problem\+json/)
    const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as Record<string, unknown>
    t.match(problem, { status: 400, code: 'invalid_request', request_id: String })
    t.match(broker.log().find((line) => line['request_id'] === problem['request_id']), { level: 'info', code: 'invalid_request', failure: String, address: '127.0.0.1' })
    t.equal(upstream.received.length, 0)
  })
}

for (const [what, bytes] of [
  ['takes too long', 'content-length: 9\r\n\r\n{'],
  ['breaks off', 'transfer-encoding: chunked\r\n\r\nzz\r\n'],
] as const) {
  t.test(`a page of an allowed origin may read that its body ${what}, and no other page`, async (t) => {
    const answers = await Promise.all(['https://app.acme.com', 'https://evil.example'].map((origin) =>
      exchange(`${head}origin: ${origin}\r\ncontent-type: application/json\r\n${bytes}`)))
    t.match(answers[0], /^HTTP\/1\.1 400 [^]*\r\naccess-control-allow-origin: https:\/\/app\.acme\.com\r\n/)
    t.notMatch(answers[1], /access-control-allow-origin/)
  })
}

t.test('a body that breaks off leaves one line and one event, with the ID of its answer', async (t) => {
  const before = broker.log().length
  const answer = await exchange(`${head}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`)
  const requestId = /x-request-id: (\S+)/.exec(answer)?.[1]
  const lines = () => broker.log().slice(before).filter(({ msg }) => /^(?:request |audit)/.test(String(msg)))
  while (lines().length < 2) await broker.nextLine()
  t.match(lines().find(({ msg }) => msg === 'request completed'), { request_id: requestId, status: 400, code: 'invalid_request', failure: 'HPE_INVALID_CHUNK_SIZE' })
  t.match(lines().find(({ msg }) => msg === 'audit'), { request_id: requestId, event: 'session_refused', status: 400 })
  t.equal(lines().length, 2)
})

t.test('a body that breaks off while its caller is looked up is refused all the same', async (t) => {
  const seen = new EventEmitter()
  const identity: Identity = {
    isSentByBrowser: () => false,
    async identify () {
      await once(seen, 'broken')
      return { entitledTo: ['acme'], claims: {} }
    },
    close: async () => {},
  }
  const slow = await startBroker(t, { APIDECK_BASE_URL: upstream.url }, { identity })
  slow.app.server.on('clientError', () => seen.emit('broken'))
  const socket = connect(Number(new URL(slow.url).port), '127.0.0.1')
  socket.write(`${head}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`)
  t.match(await text(socket), /^HTTP\/1\.1 400 [^]*not well-formed/)
})

t.test('what comes behind a whole request does not take its answer, and nothing comes after it', async (t) => {
  const held = await heldUpstream(t)
  const slow = await startBroker(t, { APIDECK_BASE_URL: held.url })
  const socket = connect(Number(new URL(slow.url).port), '127.0.0.1')
  socket.write(`${head}content-length: 0\r\n\r\nno HTTP\r\n\r\n`)
  const response = await held.next()
  mint(response.req, response)
  const answer = await text(socket)
  t.match(answer, /^HTTP\/1\.1 200 OK\r\n[^]*"session_uri"/)
  t.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1)
  t.strictSame(slow.log().map(({ msg }) => msg).filter((msg) => String(msg).startsWith('request')), ['request completed'])
})

/** What comes back for a request that is refused before its body is read, if that goes on like this afterwards. */
async function goOn (framing: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(broker.url).port), '127.0.0.1')
  socket.write(`${head}x-apideck-consumer-id: globex\r\n${framing}\r\n\r\n`)
  const chunks: string[] = []
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    if (chunks.push(chunk) === 1) socket.write(bytes)
  })
  await once(socket, 'close')
  return chunks.join('')
}

for (const [what, framing, bytes] of [
  ['takes too long', 'content-length: 9', '{'],
  ['breaks off', 'transfer-encoding: chunked', 'zz\r\n'],
] as const) {
  t.test(`what ${what} once it is answered gets no second answer`, async (t) => {
    const answer = await goOn(framing, bytes)
    t.match(answer, /^HTTP\/1\.1 403 /)
    t.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1)
  })
}

t.test('garbage behind a request that has arrived and is answered is refused with 400', async (t) => {
  t.match(await goOn('content-length: 2', '{}no HTTP\r\n\r\n'), /^HTTP\/1\.1 403 [^]*HTTP\/1\.1 400 /)
})

t.test('a client that is gone gets nothing, and nothing breaks', async (t) => {
  const written = broker.output()
  const socket = new Socket().destroy()
  broker.app.server.emit('clientError', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), socket)
  t.equal(broker.output(), written)
  t.equal((await broker.send({ method: 'GET', path: '/livez' })).status, 200)
})

t.test('a URL that cannot be decoded is an unknown path, whatever it holds', async (t) => {
  for (const path of ['/%', '/%ff', '/vault-session%', '/%c0%af']) t.equal((await broker.send({ path })).status, 404, path)
})
