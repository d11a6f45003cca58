import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { Lifecycle } from '../../src/lifecycle.js'
import { startBroker } from '../helpers/broker.js'
import { heldUpstream, httpUpstream, mintedBody } from '../helpers/upstream.js'

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

t.test('as it closes, what is in flight is answered, and what comes too late is told so', async (t) => {
  const upstream = await heldUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: 'https://app.acme.com' })
  const inFlight = broker.send()
  const response = await upstream.next()
  const late = connect(Number(new URL(broker.url).port), '127.0.0.1')
  await new Promise<void>((resolve) => late.write('POST /vault-session HTTP/1.1\r\nhost: x\r\n', () => resolve()))
  await broker.send({ method: 'GET', path: '/livez' })

  const closed = broker.app.close()
  late.write('origin: https://app.acme.com\r\ncontent-length: 0\r\n\r\n')
  const told = await text(late)
  t.match(told, /^HTTP\/1\.1 503 [^]*"code":"shutting_down"/)
  for (const header of ['connection: close', 'access-control-allow-origin: https://app.acme.com']) t.ok(told.toLowerCase().includes(`\r\n${header}\r\n`), header)
  response.writeHead(200, { 'content-type': 'application/json' }).end(mintedBody())
  t.equal((await inFlight).status, 200)
  await closed
})

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
