import t from 'tap'
import { startBroker } from './helpers/broker.js'
import { httpUpstream, upstreamOf } from './helpers/upstream.js'
import { version } from '../src/version.js'

t.test('the parts are those that the configuration names', async (t) => {
  const { url, received } = await httpUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: url, APIDECK_CONSUMER_ID: 'globex' })
  t.equal((await broker.send()).status, 200)
  const headers = new Map(received[0]?.headers)
  t.equal(headers.get('x-apideck-consumer-id'), 'globex')
  t.equal(headers.get('user-agent'), `vault-session-broker/${version}`)
})

t.test('closing closes the upstream', async (t) => {
  let closed = 0
  const broker = await startBroker(t, {}, { upstream: upstreamOf(async () => { throw new Error('unused') }, async () => { closed++ }) })
  await broker.app.close()
  t.equal(closed, 1)
})
