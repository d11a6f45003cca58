import t from 'tap'
import { createGatewayIdentity } from '../../src/identity/gateway.js'
import { Secret } from '../../src/secret.js'
import { evidence } from '../helpers/evidence.js'

const secret = 'gateway-secret-1'
const identity = createGatewayIdentity({ consumerHeader: 'x-consumer-id', secret: new Secret(secret), isTrusted: (address) => address === '10.0.0.1' })

type Headers = Array<[name: string, value: string]>
const proof: Headers = [['x-gateway-secret', secret]]
const acme: Headers = [['x-consumer-id', 'acme']]

t.test('the consumer is what a trusted peer says that proves the secret', async (t) => {
  t.strictSame(await identity.identify(evidence([...proof, ...acme])), { entitledTo: ['acme'], claims: {} })
  t.strictSame(await identity.identify(evidence([['X-Gateway-Secret', secret], ['X-Consumer-ID', 'org:acme/1']])), { entitledTo: ['org:acme/1'], claims: {} })
})

const rows: Array<[what: string, headers: Headers, failure: string, address?: string]> = [
  ['a peer that is not trusted', [...proof, ...acme], 'untrusted_peer', '203.0.113.7'],
  ['a peer that is not trusted, forwarded by one that is', [...proof, ...acme, ['x-forwarded-for', '10.0.0.1']], 'untrusted_peer', '203.0.113.7'],
  ['no secret', acme, 'gateway_secret'],
  ['an empty secret', [['x-gateway-secret', ''], ...acme], 'gateway_secret'],
  ['another secret', [['x-gateway-secret', `${secret}x`], ...acme], 'gateway_secret'],
  ['a part of the secret', [['x-gateway-secret', secret.slice(0, -1)], ...acme], 'gateway_secret'],
  ['the secret twice', [...proof, ...proof, ...acme], 'gateway_secret'],
  ['the secret and another', [...proof, ['x-gateway-secret', 'x'], ...acme], 'gateway_secret'],
  ['a twin of the secret with underscores', [...proof, ['x_gateway_secret', 'x'], ...acme], 'underscore_twin'],
  ['no consumer', proof, 'no_credential'],
  ['an empty consumer', [...proof, ['x-consumer-id', '']], 'not_a_consumer_id'],
  ['two consumers', [...proof, ...acme, ['X-Consumer-Id', 'globex']], 'doubled_header'],
  ['the same consumer twice', [...proof, ...acme, ...acme], 'doubled_header'],
  ['a list of consumers', [...proof, ['x-consumer-id', 'acme, globex']], 'not_a_consumer_id'],
  ['a twin of the consumer with underscores', [...proof, ...acme, ['X_Consumer_Id', 'globex']], 'underscore_twin'],
  ['a half twin of the consumer', [...proof, ...acme, ['X-Consumer_Id', 'globex']], 'underscore_twin'],
  ['a twin alone', [...proof, ['X_Consumer_Id', 'globex']], 'underscore_twin'],
  ['a consumer with white space', [...proof, ['x-consumer-id', 'ac me']], 'not_a_consumer_id'],
  ['a consumer beyond ASCII', [...proof, ['x-consumer-id', 'acmé']], 'not_a_consumer_id'],
  ['too long a consumer', [...proof, ['x-consumer-id', 'x'.repeat(256)]], 'not_a_consumer_id'],
]
for (const [what, headers, failure, address] of rows) {
  t.test(`${what} is refused`, async (t) => {
    await t.rejects(identity.identify(evidence(headers, address)), {
      code: 'unauthenticated',
      headers: { 'www-authenticate': 'Gateway realm="vault-session-broker"' },
      facts: { identity_failure: failure },
    })
  })
}

t.test('whatever the gateway says is sent without the page that asks', async (t) => {
  t.ok(identity.isSentByBrowser(evidence([...proof, ...acme])))
  t.ok(identity.isSentByBrowser(evidence(acme, '203.0.113.7')))
  t.notOk(identity.isSentByBrowser(evidence(proof)))
  await identity.close()
})

/** A gateway identity on a clock that the test sets, and whether what a gateway proves itself with counts. */
function rotating () {
  const clock = { now: 0 }
  const secret = new Secret('gateway-secret-1')
  const identity = createGatewayIdentity({ consumerHeader: 'x-consumer-id', secret, isTrusted: () => true, now: () => clock.now })
  const counts = (proof: string) => identity.identify(evidence([['x-gateway-secret', proof], ...acme])).then(() => true, () => false)
  return { clock, secret, counts }
}

t.test('a new secret counts at once, and the former one for two minutes more', async (t) => {
  const { clock, secret, counts } = rotating()
  t.notOk(await counts('gateway-secret-2'))
  secret.replace('gateway-secret-2')
  t.ok(await counts('gateway-secret-2'))
  clock.now += 119_999
  t.ok(await counts('gateway-secret-1'))
  clock.now += 1
  t.notOk(await counts('gateway-secret-1'))
  t.ok(await counts('gateway-secret-2'))
})

t.test('a secret that is replaced twice counts for two minutes from its own end', async (t) => {
  const { clock, secret, counts } = rotating()
  secret.replace('gateway-secret-2')
  clock.now += 60_000
  secret.replace('gateway-secret-3')
  t.strictSame(await Promise.all(['gateway-secret-1', 'gateway-secret-2', 'gateway-secret-3'].map(counts)), [true, true, true])
  clock.now += 60_000
  t.strictSame(await Promise.all(['gateway-secret-1', 'gateway-secret-2', 'gateway-secret-3'].map(counts)), [false, true, true])
})

t.test('of many former secrets the last four count', async (t) => {
  const { secret, counts } = rotating()
  for (let i = 2; i <= 7; i++) secret.replace(`gateway-secret-${i}`)
  t.strictSame(await Promise.all([1, 2, 3, 4, 5, 6, 7].map((i) => counts(`gateway-secret-${i}`))), [false, false, true, true, true, true, true])
})

t.test('a secret that is taken back counts on', async (t) => {
  const { clock, secret, counts } = rotating()
  secret.replace('gateway-secret-2')
  secret.replace('gateway-secret-1')
  clock.now += 120_000
  t.strictSame(await Promise.all(['gateway-secret-1', 'gateway-secret-2'].map(counts)), [true, false])
})
