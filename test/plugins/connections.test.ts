import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { Connections, isWaiting, type ConnectionsOptions } from '../../src/plugins/connections.js'
import { listen } from '../helpers/upstream.js'

const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'

/** A server whose connections are watched. What it takes stays unanswered: `responses`. */
async function watched (t: Test, options?: ConnectionsOptions) {
  const server = createServer()
  const connections = new Connections(options)
  connections.watch(server)
  const responses: ServerResponse[] = []
  server.on('request', (request, response) => {
    if (connections.take(request, response)) responses.push(response)
  })
  const { port } = new URL(await listen(t, server))
  t.teardown(() => server.closeAllConnections())
  return {
    connections,
    responses,
    /** A client, and the server's side of its connection. */
    async open (): Promise<[Socket, Socket]> {
      const opened = once(server, 'connection')
      const client = connect(Number(port), '127.0.0.1')
      const [socket] = await opened as [Socket]
      return [client, socket]
    },
  }
}

async function until (isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate)
}

t.test('a connection is known from its opening to its end, with what is under way on it', async (t) => {
  const { connections, responses, open } = await watched(t)
  const [client, socket] = await open()
  t.strictSame(connections.at(socket), [])

  client.write(GET)
  await until(() => responses.length === 1)
  const [response] = responses
  t.equal(connections.at(socket)[0]?.response, response)

  response?.end()
  await once(response as ServerResponse, 'close')
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
  t.strictSame(connections.at(socket), [])
})

t.test('of requests in a row each is known, and each hears that its client has left', async (t) => {
  const { connections, responses, open } = await watched(t)
  const [client, socket] = await open()
  client.write(GET.repeat(3))
  await until(() => responses.length === 3)
  t.equal(connections.at(socket).filter(isWaiting).length, 3)

  responses[0]?.end()
  await until(() => connections.at(socket).length === 2)
  const closed = Promise.all(responses.slice(1).map((response) => once(response, 'close')))
  client.destroy()
  await closed
})

t.test('of requests in a row no more than the bound are taken, and with the last answer the connection closes', async (t) => {
  const { responses, open } = await watched(t, { bounds: { inARow: 3 } })
  const [client] = await open()
  client.write(GET.repeat(5))
  await until(() => responses.length === 3)
  for (const response of responses) response.end()
  const answers = await text(client)
  t.equal(answers.match(/HTTP\/1\.1 200/g)?.length, 3)
  t.equal(answers.toLowerCase().split('\r\n').filter((line) => line === 'connection: close').length, 1)
  t.equal(responses.length, 3)
})

t.test('the last request that a connection may send says that it closes', async (t) => {
  const { responses, open } = await watched(t, { bounds: { requests: 2 } })
  const [client] = await open()
  const answers = text(client)
  client.write(GET)
  await until(() => responses.length === 1)
  responses[0]?.end()
  await once(responses[0] as ServerResponse, 'close')
  client.write(GET)
  await until(() => responses.length === 2)
  responses[1]?.end()
  t.match((await answers).toLowerCase(), /^http\/1\.1 200 [^]*connection: keep-alive[^]*http\/1\.1 200 [^]*connection: close/)
})

for (const [what, begin] of [
  ['not begun', () => {}],
  ['written already, behind another', (response: ServerResponse) => response.end('two')],
] as const) {
  t.test(`a connection that is to end does so behind its last answer, where that is ${what}`, async (t) => {
    const { connections, responses, open } = await watched(t)
    const [client, socket] = await open()
    client.write(GET.repeat(2))
    await until(() => responses.length === 2)
    const [first, second] = responses as [ServerResponse, ServerResponse]
    begin(second)
    connections.end(socket)
    client.write(GET)
    first.end('one')
    if (!second.writableEnded) second.end('two')
    t.match(await text(client), /one[^]*two$/)
    t.equal(responses.length, 2)
  })
}

t.test('a connection that is to end with nothing under way ends at once, known or not', async (t) => {
  const { connections, open } = await watched(t)
  const [client, socket] = await open()
  connections.end(socket)
  t.equal(await text(client), '')
  connections.end(socket)
})

t.test('where all are taken, the one longest without a request makes room, and that is said once', async (t) => {
  const told: string[] = []
  const { responses, open } = await watched(t, {
    bounds: { connections: 4 },
    crowd: { full: (connections) => told.push(`full: ${connections}`), free: (closed) => told.push(`free: ${closed}`) },
  })
  const [[waiting], [served, itsSocket], [idle], [other]] = [await open(), await open(), await open(), await open()] as const
  waiting.write(GET)
  await until(() => responses.length === 1)
  served.write(GET)
  await until(() => responses.length === 2)
  responses[1]?.end()
  await once(served, 'data')
  t.strictSame(told, [])

  const [[newest], [last]] = [await open(), await open()]
  await Promise.all([once(idle.resume(), 'close'), once(other.resume(), 'close')])
  t.strictSame(told, ['full: 4'])

  for (const client of [newest, last, served.resume()]) client.write(GET)
  await until(() => responses.length === 5)
  const [refused] = await open()
  t.equal(await text(refused), '', 'where all wait for answers, there is no room to make')

  for (const client of [newest, served]) client.destroy()
  if (!itsSocket.closed) await once(itsSocket, 'close')
  await until(() => told.length === 2)
  t.strictSame(told, ['full: 4', 'free: 3'])
})
