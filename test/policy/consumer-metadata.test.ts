import t from 'tap'
import { metadataFrom } from '../../src/policy/consumer-metadata.js'

const claims = { name: 'Ada Park', email: 'ada@acme.com', picture: 'https://acme.com/ada.png', org: { name: 'Acme' }, number: 7, long: 'x'.repeat(256), http: 'http://acme.com/ada.png', bell: 'a\u0007b' }

t.test('fields are filled from the claims that are named for them', async (t) => {
  t.strictSame(metadataFrom(claims, { account_name: 'org.name', user_name: 'name', email: 'email', image: 'picture' }), {
    metadata: { account_name: 'Acme', user_name: 'Ada Park', email: 'ada@acme.com', image: 'https://acme.com/ada.png' },
    misfits: [],
  })
})

t.test('nothing is filled where nothing is named', async (t) => {
  t.strictSame(metadataFrom(claims), { metadata: {}, misfits: [] })
})

for (const [field, name] of [['user_name', 'missing'], ['user_name', 'number'], ['user_name', 'long'], ['user_name', 'bell'], ['user_name', 'org'], ['image', 'http'], ['email', 'long']] as const) {
  t.test(`${field} is left out where the claim is ${name}`, async (t) => {
    t.strictSame(metadataFrom(claims, { account_name: 'org.name', [field]: name }), { metadata: { account_name: 'Acme' }, misfits: [name] })
  })
}
