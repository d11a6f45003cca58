import t from 'tap'
import { createTrust, networkOf } from '../../src/plugins/peers.js'
import { startBroker } from '../helpers/broker.js'
import { httpUpstream } from '../helpers/upstream.js'

const isTrusted = createTrust(['10.0.0.0/8', '192.168.1.1', 'fd00::/8', '::1'])
for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.168.1.1', 'fd12::1', '::1']) {
  t.test(`${address} is a trusted proxy`, async (t) => t.ok(isTrusted(address)))
}
for (const address of ['11.0.0.1', '192.168.1.2', 'fe80::1', '::2', '::ffff:11.0.0.1', '127.0.0.1', undefined]) {
  t.test(`${address} is not`, async (t) => t.notOk(isTrusted(address)))
}
t.test('nobody is trusted where none is named', async (t) => t.notOk(createTrust([])('127.0.0.1')))

const { url } = await httpUpstream(t)
const forwarded = { 'x-request-id': 'gateway-1', 'x-forwarded-for': '203.0.113.7' }

t.test('a trusted proxy says which request it is and whom it comes from', async (t) => {
  const broker = await startBroker(t, { APIDECK_BASE_URL: url, TRUSTED_PROXIES: '127.0.0.0/8' })
  t.equal((await broker.send({ headers: forwarded })).headers['x-request-id'], 'gateway-1')
  t.match(broker.log().at(-1), { request_id: 'gateway-1', address: '203.0.113.7' })
})

t.test('an ID that could be something else is replaced', async (t) => {
  const broker = await startBroker(t, { APIDECK_BASE_URL: url, TRUSTED_PROXIES: '127.0.0.0/8' })
  for (const id of ['a b', '"', 'x'.repeat(65), 'a/b']) {
    t.match((await broker.send({ headers: { 'x-request-id': id } })).headers['x-request-id'], /^[\da-f-]{36}$/)
  }
})

t.test('what anybody else says of it is not believed', async (t) => {
  const broker = await startBroker(t, { APIDECK_BASE_URL: url })
  t.not((await broker.send({ headers: forwarded })).headers['x-request-id'], 'gateway-1')
  t.match(broker.log().at(-1), { address: '127.0.0.1' })
})

for (const [forwarded, address] of [
  ['203.0.113.7:50123', '203.0.113.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['unknown', '127.0.0.1'],
  ['203.0.113.999', '127.0.0.1'],
  ['', '127.0.0.1'],
] as const) {
  t.test(`a client forwarded as ${JSON.stringify(forwarded)} counts as ${address}`, async (t) => {
    const broker = await startBroker(t, { APIDECK_BASE_URL: url, TRUSTED_PROXIES: '127.0.0.0/8' })
    await broker.send({ headers: { 'x-forwarded-for': forwarded } })
    t.match(broker.log().at(-1), { address })
  })
}

for (const [ip, network] of [
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['fe80::1%br-1a', 'fe80:0:0:0::/64'],
] as const) {
  t.test(`a client at ${ip} counts as ${network}`, async (t) => {
    t.equal(networkOf(ip), network)
  })
}

t.test('a client that has gone at once counts as nobody in particular', async (t) => {
  t.equal(networkOf('undefined'), 'undefined')
})
