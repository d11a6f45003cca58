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
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url })
  const inFlight = broker.send()
  const response = await upstream.next()
  const late = connect(Number(new URL(broker.url).port), '127.0.0.1')
  await new Promise<void>((resolve) => late.write('POST /vault-session HTTP/1.1\r\nhost: x\r\n', () => resolve()))
  await broker.send({ method: 'GET', path: '/livez' })

  const closed = broker.app.close()
  late.write('content-length: 0\r\n\r\n')
  t.match(await text(late), /^HTTP\/1\.1 503 [^]*\r\nconnection: close[^]*"code":"shutting_down"/i)
  response.writeHead(200, { 'content-type': 'application/json' }).end(mintedBody())
  t.equal((await inFlight).status, 200)
  await closed
})
