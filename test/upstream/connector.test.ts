import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { createConnector } from '../../src/upstream/connector.js'
import { socketUpstream } from '../helpers/upstream.js'

/* When in its life a connection breaks is tested with the dispatcher, which sends requests over it. */

function connected (connector: ReturnType<typeof createConnector>, port: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    connector.connect({ hostname: '127.0.0.1', protocol: 'http:', port }, (...[error, socket]) => error === null ? resolve(socket) : reject(error))
  })
}

t.test('what is no failure of its connections is neither', async (t) => {
  const connector = createConnector({})
  t.teardown(() => connector.close())
  for (const error of [new Error('another'), 'words', null]) {
    t.notOk(connector.isOfKeptConnection(error))
    t.notOk(connector.isWithinAnswer(error))
  }
})

t.test('a connection that breaks before a request is neither', async (t) => {
  const { url } = await socketUpstream(t, (socket) => socket.resetAndDestroy())
  const connector = createConnector({})
  t.teardown(() => connector.close())
  const socket = await connected(connector, new URL(url).port)
  socket.write('x')
  const [error] = await once(socket, 'error')
  t.notOk(connector.isOfKeptConnection(error))
  t.notOk(connector.isWithinAnswer(error))
})

t.test('a connection that cannot be had is an error', async (t) => {
  const connector = createConnector({})
  t.teardown(() => connector.close())
  await t.rejects(connected(connector, '1'), { code: 'ECONNREFUSED' })
})
