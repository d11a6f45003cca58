import { createServer } from 'node:https'
import { generate } from 'selfsigned'
import t from 'tap'
import { createDispatcher } from '../../src/upstream/dispatcher.js'
import { heldUpstream, listen, mint } from '../helpers/upstream.js'

const post = { path: '/', method: 'POST' } as const

t.test('as many requests wait as are in flight; one more is refused at once', async (t) => {
  const { url, received, next } = await heldUpstream(t)
  const dispatcher = createDispatcher({ origin: url, connections: 1 })

  const first = dispatcher.request(post)
  const inFlight = await next()
  const second = dispatcher.request(post)
  await t.rejects(dispatcher.request(post), { code: 'overloaded' })
  t.equal(received.length, 1, 'the second one waits')

  inFlight.end()
  await first
  const waited = await next()
  waited.end()
  await second
  await dispatcher.close()
})

t.test('a certificate that nobody vouches for is refused, whatever the environment says', async (t) => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' })
  const url = await listen(t, createServer({ cert, key }, (request, response) => mint(request, response)), 'https')
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.teardown(() => { delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'] })
  const dispatcher = createDispatcher({ origin: url, connections: 1 })
  t.teardown(() => dispatcher.close())
  await t.rejects(dispatcher.request(post), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
})
