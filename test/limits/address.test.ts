import t from 'tap'
import { addressIn } from '../../src/limits/address.js'

for (const [url, address] of [
  ['redis://redis', { isTls: false, host: 'redis', port: 6379, handshake: [] }],
  ['rediss://redis.example:6380/', { isTls: true, host: 'redis.example', port: 6380, handshake: [] }],
  ['redis://[::1]:7/0', { isTls: false, host: '::1', port: 7, handshake: [] }],
  ['redis://:p%40ss%20w@redis', { isTls: false, host: 'redis', port: 6379, handshake: [['AUTH', 'p@ss w']] }],
  ['redis://broker:p%C3%A4ss@redis/007', { isTls: false, host: 'redis', port: 6379, handshake: [['AUTH', 'broker', 'päss'], ['SELECT', '7']] }],
  ['redis://broker@redis', { isTls: false, host: 'redis', port: 6379, handshake: [['AUTH', 'broker', '']] }],
] as const) {
  t.test(`${url} says where to connect, and what comes first`, async (t) => {
    t.strictSame(addressIn(url), address)
  })
}

t.test('what is no URL is no address', async (t) => {
  for (const text of ['', 'redis', 'redis://:%ff@redis']) t.equal(addressIn(text), undefined, text)
})
