import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { Lifecycle } from '../../src/lifecycle.js'
import { startBroker } from '../helpers/broker.js'
import { heldUpstream, httpUpstream, mintedBody } from '../helpers/upstream.js'

const REQUEST = 'POST /vault-session HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'

t.test('while it drains it serves on, is not ready, and asks each connection to close', async (t) => {
  const { url } = await httpUpstream(t)
  const lifecycle = new Lifecycle()
  const broker = await startBroker(t, { APIDECK_BASE_URL: url }, { lifecycle })
  t.equal((await broker.send({ method: 'GET', path: '/readyz' })).status, 200)
  lifecycle.drain()
  t.match(await broker.send({ method: 'GET', path: '/readyz' }), { status: 503, headers: { connection: 'close', 'retry-after': '1' }, json: { code: 'shutting_down' } })
  t.equal((await broker.send({ method: 'GET', path: '/livez' })).status, 200)
  t.match(await broker.send(), { status: 200, headers: { connection: 'close' } })
})

t.test('as it closes, what is in flight is answered, and so is what was on its way', async (t) => {
  const upstream = await heldUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url })
  const inFlight = broker.send()
  const first = await upstream.next()
  const { port } = new URL(broker.url)
  const half = await opened(broker.app.server, Number(port), 'POST /vault-session HTTP/1.1\r\nhost: x\r\n')
  const idle = await opened(broker.app.server, Number(port), '')

  const closed = broker.app.close()
  await refused(Number(port))
  half.write('content-length: 0\r\n\r\n')
  mintTo(await upstream.next())
  t.match(await text(half), /^HTTP\/1\.1 200 [^]*\r\nconnection: close\r\n/i)
  idle.write(REQUEST)
  mintTo(await upstream.next())
  t.match(await text(idle), /^HTTP\/1\.1 200 [^]*\r\nconnection: close\r\n/i)
  mintTo(first)
  t.equal((await inFlight).status, 200)
  await closed
})

t.test('of requests in a row each is answered, and the last answer closes their connection', async (t) => {
  const upstream = await heldUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url })
  const { port } = new URL(broker.url)
  const client = connect(Number(port), '127.0.0.1')
  client.write(REQUEST + REQUEST)
  const responses = [await upstream.next(), await upstream.next()]
  const closed = broker.app.close()
  await refused(Number(port))
  for (const response of responses) mintTo(response)
  const answers = (await text(client)).split('HTTP/1.1 ').slice(1)
  t.match(answers, [/^200 /, /^200 [^]*connection: close/i])
  t.notMatch(answers[0], /connection: close/i)
  await closed
})

t.test('what comes after the grace is told that it is too late', async (t) => {
  const upstream = await heldUpstream(t)
  const lifecycle = new Lifecycle()
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: 'https://app.acme.com', SHUTDOWN_TIMEOUT_MS: '400' }, { lifecycle })
  const client = connect(Number(new URL(broker.url).port), '127.0.0.1')
  client.write(REQUEST)
  const response = await upstream.next()
  const closed = broker.app.close()
  while (!lifecycle.isClosing) await new Promise(setImmediate)
  const arrived = once(broker.app.server, 'request')
  client.write(REQUEST.replace('host', 'origin: https://app.acme.com\r\nhost'))
  await arrived
  mintTo(response)
  const [first, late = ''] = (await text(client)).split('HTTP/1.1 ').slice(1)
  t.match(first, /^200 /)
  t.match(late, /^503 [^]*"code":"shutting_down"/)
  for (const header of ['connection: close', 'access-control-allow-origin: https://app.acme.com']) t.ok(late.toLowerCase().includes(`\r\n${header}\r\n`), header)
  await closed
})

t.test('connections that go on coming do not keep it from closing', async (t) => {
  const broker = await startBroker(t, { SHUTDOWN_TIMEOUT_MS: '400' })
  const { port } = new URL(broker.url)
  const come = () => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {}).on('connect', () => {
      come()
      socket.destroy()
    })
  }
  for (let i = 0; i < 8; i++) come()
  await once(broker.app.server, 'connection')
  const started = performance.now()
  await broker.app.close()
  t.ok(performance.now() - started < 4_000)
})

/** A client's connection, once the server has it and what it said. */
async function opened (server: Server, port: number, bytes: string): Promise<Socket> {
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const client = connect(port, '127.0.0.1')
  const [socket] = await accepted
  if (bytes !== '') await new Promise<void>((resolve) => client.write(bytes, () => resolve()))
  while (socket.bytesRead < bytes.length) await new Promise(setImmediate)
  return client
}

/** Resolves once nobody listens there. */
async function refused (port: number): Promise<void> {
  const isOpen = () => new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1').on('error', () => resolve(false)).on('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
  while (await isOpen()) await wait(20)
}

function mintTo (response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(mintedBody())
}

for (const [what, bytes] of [
  ['says nothing', ''],
  ['stops in the middle of its headers', 'POST /vault-session HTTP/1.1\r\nho'],
  ['stops in the middle of its body', 'POST /vault-session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{'],
] as const) {
  t.test(`a client that ${what} holds nobody up`, async (t) => {
    const broker = await startBroker(t)
    const accepted = once(broker.app.server, 'connection')
    const client = connect(Number(new URL(broker.url).port), '127.0.0.1')
    client.write(bytes)
    await accepted
    await broker.send({ method: 'GET', path: '/livez' })
    const cut = text(client).catch(() => 'reset')
    const started = performance.now()
    await broker.app.close()
    t.ok(performance.now() - started < 4_000, 'long before Node gives up on it')
    await cut
  })
}
