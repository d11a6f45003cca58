import { once } from 'node:events'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { closed, dial, exchange } from '../helpers/wire.js'

const broker = await startBroker(t)
const GET = 'GET /livez HTTP/1.1\r\nHost: x\r\n'

t.test('everything that a client can take up is bounded', async (t) => {
  const server: Server = broker.app.server
  t.match(server, { requestTimeout: 5_000, headersTimeout: 5_000, keepAliveTimeout: 72_000, maxHeadersCount: 101 })
})

t.test('a method that no router knows is refused like every request that is not well-formed', async (t) => {
  for (const bytes of ['SETUP rtsp://x/livez RTSP/1.0\r\n\r\n', 'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n']) {
    t.match(await exchange(broker.url, bytes), [{ status: 400, headers: { 'cache-control': 'no-store', connection: 'close' }, body: /"code":"invalid_request"/ }])
  }
})

t.test('a client that leaves behind its CONNECT breaks nothing', async (t) => {
  const client = dial(broker.url)
  const connected = once(broker.app.server, 'connect')
  client.write('CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n')
  const [, socket] = await connected as [unknown, Socket]
  socket.destroy(new Error('as a reset does'))
  await closed(socket)
  t.equal((await exchange(broker.url, `${GET}Connection: close\r\n\r\n`)).length, 1)
})

t.test('an upgrade is passed over, and its connection closes behind the answer', async (t) => {
  t.match(await exchange(broker.url, `${GET}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n${GET}\r\n`), [{ status: 200, headers: { connection: 'close' } }])
})

t.test('an expectation that nobody knows is passed over', async (t) => {
  t.match(await exchange(broker.url, `${GET}Expect: a-miracle\r\nConnection: close\r\n\r\n`), [{ status: 200, headers: { 'cache-control': 'no-store' } }])
})
