import type { IncomingHttpHeaders } from 'node:http'
import { Socket } from 'node:net'
import t from 'tap'
import { createStaticIdentity } from '../../src/identity/static.js'

const evidence = (headers: IncomingHttpHeaders) => ({ headers, rawHeaders: [], socket: new Socket() })
const identity = createStaticIdentity('acme')

t.test('everybody is the one consumer', async (t) => {
  t.strictSame(await identity.identify(evidence({})), { consumerId: 'acme' })
  t.strictSame(await identity.identify(evidence({ authorization: 'Bearer x', cookie: 'a=b' })), { consumerId: 'acme' })
})

t.test('nobody is another', async (t) => {
  await t.rejects(identity.identify(evidence({ 'x-apideck-consumer-id': 'globex' })), { code: 'consumer_not_allowed' })
})
