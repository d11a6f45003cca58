import t from 'tap'
import { createStaticIdentity } from '../../src/identity/static.js'
import { evidence } from '../helpers/evidence.js'

const identity = createStaticIdentity('acme')

t.test('everybody is entitled to the one consumer, by no credential', async (t) => {
  for (const request of [evidence([]), evidence([['authorization', 'Bearer x'], ['cookie', 'a=b']])]) {
    t.strictSame(await identity.identify(request), { entitledTo: ['acme'], claims: {} })
    t.notOk(identity.isSentByBrowser(request))
  }
  await identity.close()
})
