import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import { createDispatcher } from '../../src/upstream/dispatcher.js'
import { heldUpstream, httpUpstream, listen, mint, mintedBody, socketUpstream } from '../helpers/upstream.js'

const post = { path: '/', method: 'POST' } as const

function dispatcherTo (t: Test, origin: string, connections = 1) {
  const dispatcher = createDispatcher({ origin, connections, headersMs: 5_000 })
  t.teardown(() => dispatcher.close().catch(() => {}))
  return dispatcher
}

t.test('an exchange is the status, the headers and the text', async (t) => {
  const { url } = await httpUpstream(t)
  t.match(await dispatcherTo(t, url).request(post), { status: 200, headers: { 'request-id': 'upstream-1' }, text: mintedBody(), failure: undefined })
})

t.test('closing waits for what is under way', async (t) => {
  const { url, next } = await heldUpstream(t)
  const dispatcher = dispatcherTo(t, url)
  const exchange = dispatcher.request(post)
  const response = await next()
  const closed = dispatcher.close()
  response.end()
  t.equal((await exchange).status, 200)
  await closed
})

t.test('a body that says nothing for two seconds is given up', async (t) => {
  const { url } = await socketUpstream(t, (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'))
  t.match(await dispatcherTo(t, url).request(post), { status: 200, text: '', failure: { code: 'UND_ERR_BODY_TIMEOUT' } })
})

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'

/** An upstream that answers the first request of each connection, and does this at the next. */
async function keepingUpstream (t: Test, onNext: (socket: Socket) => void) {
  const seen = { connections: 0, requests: 0 }
  const { url } = await socketUpstream(t, (socket) => {
    seen.connections++
    seen.requests++
    socket.write(ANSWER)
    socket.on('data', () => {
      seen.requests++
      onNext(socket)
    })
  })
  return { url, seen }
}

for (const [how, onNext] of [
  ['closes', (socket) => socket.end()],
  ['resets', (socket) => socket.resetAndDestroy()],
] as Array<[string, (socket: Socket) => void]>) {
  t.test(`a kept connection that the upstream ${how} in the meantime costs nobody a request`, async (t) => {
    for (const connections of [1, 4]) {
      const { url, seen } = await keepingUpstream(t, onNext)
      const dispatcher = dispatcherTo(t, url, connections)
      await Promise.all(Array.from({ length: connections }, () => dispatcher.request(post)))
      t.equal((await dispatcher.request(post)).status, 200, 'whichever of them it is sent on')
      t.equal(seen.requests, connections + 2, 'it was sent on one that was closed, and on a new one')
    }
  })
}

t.test('what is sent again goes over a connection of its own', async (t) => {
  const { url, seen } = await keepingUpstream(t, (socket) => socket.write(ANSWER))
  const dispatcher = dispatcherTo(t, url)
  const connections = []
  for (const isAgain of [false, false, true]) {
    await dispatcher.request(post, isAgain)
    connections.push(seen.connections)
  }
  t.strictSame(connections, [1, 1, 2])
})

t.test('a new connection that closes without an answer is a failure at once', async (t) => {
  let requests = 0
  const { url } = await socketUpstream(t, (socket) => {
    requests++
    socket.end()
  })
  const dispatcher = dispatcherTo(t, url)
  const error = await dispatcher.request(post).catch((thrown: unknown) => thrown)
  t.match(error, { code: 'UND_ERR_SOCKET' })
  t.notOk(dispatcher.hadBegunToAnswer(error))
  t.equal(requests, 1)
})

for (const [how, onNext] of [
  ['closes', (socket) => socket.end('HTTP/1.1 200 OK\r\nconte')],
  ['resets', (socket) => socket.write('HTTP/1.1 200 OK\r\nconte', () => socket.resetAndDestroy())],
] as Array<[string, (socket: Socket) => void]>) {
  t.test(`a kept connection that the upstream ${how} within an answer is a failure, told from the others`, async (t) => {
    const { url, seen } = await keepingUpstream(t, onNext)
    const dispatcher = dispatcherTo(t, url)
    await dispatcher.request(post)
    const error = await dispatcher.request(post).catch((thrown: unknown) => thrown)
    t.type(error, Error)
    t.ok(dispatcher.hadBegunToAnswer(error))
    t.equal(seen.requests, 2)
  })
}

t.test('a certificate that nobody vouches for is refused, whatever the environment says', async (t) => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' })
  const url = await listen(t, createServer({ cert, key }, (request, response) => mint(request, response)), 'https')
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.teardown(() => { delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'] })
  await t.rejects(dispatcherTo(t, url).request(post), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
})
