import { createServer } from 'node:tls'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import { createRedis } from '../../src/limits/redis.js'
import { Secret } from '../../src/secret.js'
import { without } from '../helpers/programs.js'
import { startRedis } from '../helpers/redis.js'
import { listen, socketUpstream } from '../helpers/upstream.js'

async function connected (t: Test, url: string) {
  const redis = createRedis(new Secret(url))
  t.teardown(() => redis.close())
  await redis.connect()
  return redis.counter('session', 60_000)
}

t.test('a real Redis', { skip: without('redis-server') }, async (t) => {
  t.test('counts what several brokers do together, in one window', async (t) => {
    const { url, ask } = await startRedis(t)
    const [one, other] = await Promise.all([connected(t, url), connected(t, url)])
    t.match(await one.add('acme'), { used: 1, resetMs: 60_000 })
    const second = await other.add('acme')
    t.equal(second.used, 2)
    t.ok(second.resetMs > 50_000 && second.resetMs <= 60_000)
    t.match(await one.add('globex'), { used: 1 })
    t.match(await ask('KEYS *'), /vault-session-broker:session:acme/)
  })

  t.test('loses no count however many count at once', async (t) => {
    const { url } = await startRedis(t)
    const counters = await Promise.all([connected(t, url), connected(t, url)])
    const usages = await Promise.all(Array.from({ length: 200 }, (_, i) => counters[i % 2]?.add('acme')))
    t.strictSame(usages.map((usage) => usage?.used).sort((a, b) => Number(a) - Number(b)), Array.from({ length: 200 }, (_, i) => i + 1))
  })

  t.test('gives an end to a window that has none', async (t) => {
    const { url, ask } = await startRedis(t)
    await ask('SET vault-session-broker:session:acme 7')
    const counter = await connected(t, url)
    t.strictSame(await counter.add('acme'), { used: 8, resetMs: 60_000 })
    await ask('PEXPIRE vault-session-broker:session:acme 9000000')
    t.strictSame(await counter.add('acme'), { used: 9, resetMs: 60_000 }, 'or one that lasts too long')
  })

  for (const [what, args, failure] of [
    ['wants a password', ['--requirepass', 'secret'], 'NOAUTH'],
    ['has no memory left', ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'], 'OOM'],
  ] as const) {
    t.test(`fails by name where it ${what}`, async (t) => {
      const { url } = await startRedis(t, [...args])
      await t.rejects((await connected(t, url)).add('acme'), { message: failure })
    })
  }

  t.test('needs no more rights than to count', async (t) => {
    const { url, ask } = await startRedis(t)
    await ask('ACL SETUSER default reset on nopass ~vault-session-broker:* +eval +evalsha +incr +pttl +pexpire')
    const counter = await connected(t, url)
    t.match([await counter.add('acme'), await counter.add('acme')], [{ used: 1 }, { used: 2 }])
  })

  t.test('takes a password', async (t) => {
    const { port } = await startRedis(t, ['--requirepass', 'p@ss w'])
    await t.resolves((await connected(t, `redis://:p%40ss%20w@127.0.0.1:${port}`)).add('acme'))
  })

  t.test('fails at once where it is gone, in a quarter of a second where it is silent, and comes back', async (t) => {
    const { url, stop, start, freeze, thaw } = await startRedis(t)
    const counter = await connected(t, url)
    freeze()
    await t.rejects(counter.add('acme'), { message: 'timeout' })
    thaw()
    while (!await counter.add('acme').then(() => true, () => false)) await new Promise(setImmediate)
    await stop()
    await t.rejects(counter.add('acme'))
    await start()
    while (!await counter.add('acme').then(() => true, () => false)) await new Promise(setImmediate)
  })
})

t.test('a Redis that is not there fails by name, at once', async (t) => {
  await t.rejects((await connected(t, 'redis://127.0.0.1:1')).add('acme'), { message: 'ECONNREFUSED' })
})

t.test('a Redis that never answers does not hold the start up', async (t) => {
  const { url } = await socketUpstream(t, () => {})
  await t.rejects((await connected(t, url.replace('http', 'redis'))).add('acme'), { message: 'timeout' })
})

t.test('a Redis over TLS is one whose certificate verifies', async (t) => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' })
  const url = await listen(t, createServer({ cert, key }), 'rediss')
  await t.rejects((await connected(t, url)).add('acme'), { message: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
})

for (const [what, answer, failure] of [
  ['answers with text', '+OK\r\n', 'not_counts'],
  ['answers with one number', ':1\r\n', 'not_counts'],
  ['answers with numbers below zero', '*2\r\n:-1\r\n:1\r\n', 'not_counts'],
  ['answers with texts', '*2\r\n+a\r\n+b\r\n', 'not_counts'],
  ['answers with an error of its own', '-LOADING words of its own\r\n', 'LOADING'],
  ['answers with an error that has no name', '-words of its own\r\n', 'failed'],
] as const) {
  t.test(`a Redis that ${what} fails by name`, async (t) => {
    const { url } = await socketUpstream(t, (socket) => {
      socket.write(answer)
    })
    await t.rejects((await connected(t, url.replace('http', 'redis'))).add('acme'), { message: failure })
  })
}

t.test('a Redis that speaks no Redis is none', async (t) => {
  const { url } = await socketUpstream(t, (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await t.rejects((await connected(t, url.replace('http', 'redis'))).add('acme'))
})
