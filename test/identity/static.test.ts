import t from 'tap'
import { createStaticIdentity } from '../../src/identity/static.js'

const identity = createStaticIdentity('acme')

t.test('everybody is the one consumer', async (t) => {
  t.strictSame(await identity.identify({}), { consumerId: 'acme' })
  t.strictSame(await identity.identify({ authorization: 'Bearer x', cookie: 'a=b' }), { consumerId: 'acme' })
})

t.test('nobody is another', async (t) => {
  await t.rejects(identity.identify({ 'x-apideck-consumer-id': 'globex' }), { code: 'consumer_not_allowed' })
})
