import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { Connections, isWaiting } from '../../src/plugins/connections.js'
import { listen } from '../helpers/upstream.js'

t.test('a connection is known from its opening to its end, with what is under way on it', async (t) => {
  const server = createServer()
  const connections = new Connections()
  connections.watch(server)
  const url = await listen(t, server)
  const opened = once(server, 'connection')
  const client = connect(Number(new URL(url).port), '127.0.0.1')
  const [socket] = await opened as [Socket]
  t.strictSame(connections.at(socket), [])

  const requested = once(server, 'request')
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const [request, response] = await requested as [unknown, ServerResponse]
  t.match(connections.at(socket), [{ request, response }])

  const answered = once(response, 'close')
  response.end()
  await answered
  t.strictSame(connections.at(socket), [])

  const seen: Socket[] = []
  connections.cut((open) => {
    seen.push(open)
    return false
  })
  t.strictSame(seen, [socket])

  const closed = once(socket, 'close')
  connections.cut(() => true)
  await closed
  t.match(await text(client), /^HTTP\/1\.1 200 OK/)
  connections.cut(() => t.fail('it is not forgotten'))
})

t.test('of requests in a row each is known, and each hears that its client has left', async (t) => {
  const server = createServer()
  const connections = new Connections()
  connections.watch(server)
  const responses: ServerResponse[] = []
  server.on('request', (_request, response) => responses.push(response))
  const url = await listen(t, server)
  const client = connect(Number(new URL(url).port), '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(3))
  while (responses.length < 3) await new Promise(setImmediate)
  const [first] = responses
  t.equal(connections.at(first?.req.socket as Socket).filter(isWaiting).length, 3)

  first?.end()
  while (connections.at(first?.req.socket as Socket).length > 2) await new Promise(setImmediate)
  const closed = Promise.all(responses.slice(1).map((response) => once(response, 'close')))
  client.destroy()
  await closed
})
