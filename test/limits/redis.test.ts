import { createServer } from 'node:tls'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import type { Counter, Usage } from '../../src/limits/counter.js'
import { createRedis } from '../../src/limits/redis.js'
import { Secret } from '../../src/secret.js'
import { startFakeRedis } from '../helpers/fake-redis.js'
import { runFile } from '../helpers/process.js'
import { without } from '../helpers/programs.js'
import { startRedis } from '../helpers/redis.js'
import { listen, socketUpstream } from '../helpers/upstream.js'

async function connected (t: Test, url: string | Secret) {
  const redis = createRedis(typeof url === 'string' ? new Secret(url) : url)
  t.teardown(() => redis.close())
  await redis.connect()
  return redis.counter('session', 60_000)
}

async function untilCounted (counter: Counter): Promise<void> {
  while (!await counter.add('acme').then(() => true, () => false)) await new Promise((resolve) => setTimeout(resolve, 5))
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
    await ask('ACL SETUSER default reset on nopass ~vault-session-broker:* +eval +incr +pttl +pexpire')
    const counter = await connected(t, url)
    t.match([await counter.add('acme'), await counter.add('acme')], [{ used: 1 }, { used: 2 }])
  })

  t.test('takes a password', async (t) => {
    const { port } = await startRedis(t, ['--requirepass', 'p@ss w'])
    await t.resolves((await connected(t, `redis://:p%40ss%20w@127.0.0.1:${port}`)).add('acme'))
  })

  t.test('goes on counting, without a gap, while the password is another', async (t) => {
    const { url, ask } = await startRedis(t)
    await ask('ACL SETUSER broker on >before >after ~* +@all')
    const secret = new Secret(url.replace('//', '//broker:before@'))
    const counter = await connected(t, secret)
    const usages: Array<Promise<Usage>> = []
    for (let i = 0; i < 200; i++) {
      if (i === 100) secret.replace(url.replace('//', '//broker:after@'))
      usages.push(counter.add('acme'))
      await new Promise(setImmediate)
    }
    t.strictSame((await Promise.all(usages)).map(({ used }) => used), Array.from({ length: 200 }, (_, i) => i + 1))
  })

  t.test('fails at once where it is gone, in a quarter of a second where it is silent, and comes back', async (t) => {
    const { url, stop, start, freeze, thaw } = await startRedis(t)
    const counter = await connected(t, url)
    freeze()
    await t.rejects(counter.add('acme'), { message: 'timeout' })
    thaw()
    await untilCounted(counter)
    await stop()
    await t.rejects(counter.add('acme'))
    await start()
    await untilCounted(counter)
  })
})

t.test('a Redis that is not there fails by name, at once', async (t) => {
  await t.rejects((await connected(t, 'redis://127.0.0.1:1')).add('acme'), { message: 'ECONNREFUSED' })
})

t.test('a Redis that never answers does not hold the start up', async (t) => {
  const { url } = await socketUpstream(t, () => {})
  await t.rejects((await connected(t, url.replace('http', 'redis'))).add('acme'), { message: 'timeout' })
})

t.test('a Redis over TLS is one whose certificate verifies, and speaks TLS 1.2 at least, whatever the environment says', async (t) => {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.teardown(() => { delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'] })
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' })
  const url = await listen(t, createServer({ cert, key }), 'rediss')
  await t.rejects((await connected(t, url)).add('acme'), { message: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  await t.rejects((await connected(t, url.replace('127.0.0.1', 'localhost'))).add('acme'), { message: 'DEPTH_ZERO_SELF_SIGNED_CERT' })

  const old = createServer({ cert, key, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
  await t.rejects((await connected(t, await listen(t, old, 'rediss'))).add('acme'), { message: /PROTOCOL_VERSION|ECONNRESET/ })
})

for (const [what, answer] of [
  ['has counted nothing', '*3\r\n:0\r\n:60000\r\n:1\r\n'],
  ['has a window that ends after ours', '*3\r\n:1\r\n:60001\r\n:1\r\n'],
  ["gives another's answer", '*3\r\n:1\r\n:60000\r\n:2\r\n'],
  ['answers with text', '+OK\r\n'],
] as const) {
  t.test(`a Redis that ${what} has not counted, and its connection is left`, async (t) => {
    const { url, behave, connections } = await startFakeRedis(t)
    const counter = await connected(t, url)
    behave({ asked: (socket) => { socket.write(answer) } })
    await t.rejects(counter.add('acme'), { message: 'not_counts' })
    behave({})
    await untilCounted(counter)
    t.equal(connections(), 2)
  })
}

t.test('a URL that is none fails by name, until it is replaced', async (t) => {
  const { url } = await startFakeRedis(t)
  const secret = new Secret('redis://:%ff@')
  const counter = await connected(t, secret)
  await t.rejects(counter.add('acme'), { message: 'invalid_url' })
  secret.replace(url)
  await untilCounted(counter)
})

t.test('it is tried again ever less often, and at most once in half a second; also where it takes whoever connects and leaves them', async (t) => {
  const { url, behave, connections, sockets } = await startFakeRedis(t)
  behave({ connected: (socket) => { socket.end() } })
  const counter = await connected(t, url)
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  t.ok(connections() >= 3 && connections() <= 11, `${connections()} attempts in three seconds`)

  behave({})
  await untilCounted(counter)
  sockets.forEach((socket) => socket.destroy())
  while (await counter.add('acme').then(() => true, () => false)) await new Promise(setImmediate)
  const from = performance.now()
  await untilCounted(counter)
  t.ok(performance.now() - from < 400, 'once it has counted, it is tried soon')
})

t.test('a host is not looked up again while it still is', async (t) => {
  const waiting: Array<() => void> = []
  const { url } = await startFakeRedis(t)
  const redis = createRedis(new Secret(url.replace('127.0.0.1', 'redis.test')), (_hostname, _options, done) => {
    waiting.push(() => done(null, [{ address: '127.0.0.1', family: 4 }]))
  })
  t.teardown(() => redis.close())
  t.equal(await redis.connect(), 'timeout')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  t.equal(waiting.length, 1)
  waiting.pop()?.()
  while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  waiting.pop()?.()
  await untilCounted(redis.counter('session', 60_000))
})

t.test('as it is closed, what waits for it fails, and nothing keeps the process', async (t) => {
  const { url, behave, sockets, connections } = await startFakeRedis(t)
  const redis = createRedis(new Secret(url))
  await redis.connect()
  const counter = redis.counter('session', 60_000)
  behave({ asked: () => {} })
  const asked = counter.add('acme')
  const failed = t.rejects(asked, { message: 'closed' })
  redis.close()
  await failed
  await t.rejects(counter.add('acme'), { message: 'closed' })
  while (sockets.size > 0) await new Promise(setImmediate)

  behave({ connected: (socket) => { socket.destroy() } })
  const replaced = new Secret(url)
  const trying = createRedis(replaced)
  await trying.connect()
  await t.rejects(trying.counter('session', 60_000).add('acme'))
  const before = connections()
  trying.close()
  replaced.replace(`${url}/1`)
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.equal(connections(), before, 'nor is it tried again')

  const { code, output } = await runFile('test/helpers/closed-redis.ts')
  t.equal(code, 0)
  t.match(output, /^closed after \d+ ms$/m)
  t.ok(Number(/\d+/.exec(output)?.[0]) < 500, output)
})

t.test('where its URL is replaced', async (t) => {
  t.test('the old one is used until the new one is there, and left once it owes nothing', async (t) => {
    const [old, next] = [await startFakeRedis(t), await startFakeRedis(t)]
    const secret = new Secret(old.url)
    const counter = await connected(t, secret)
    const owed: Array<() => void> = []
    old.behave({ asked: (socket, answer) => { owed.push(() => socket.write(answer)) } })
    const asked = [counter.add('acme')]
    secret.replace(next.url.replace('//', '//:secret@'))
    asked.push(counter.add('acme'))
    while (next.commands.length === 0) await new Promise(setImmediate)
    t.strictSame(next.commands, [['AUTH', 'secret']])
    while (!next.commands.some(([name]) => name === 'EVAL')) {
      asked.push(counter.add('acme'))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    t.equal(old.sockets.size, 1, 'the old one still owes')
    while (owed.length < asked.length - 1) await new Promise(setImmediate)
    owed.forEach((answer) => answer())
    t.match((await Promise.all(asked)).map(({ used }) => used), [...owed.map((_, i) => i + 1), 1])
    while (old.sockets.size > 0) await new Promise(setImmediate)
  })

  t.test('and the new one is of no use, the old one is left too', async (t) => {
    const { url, behave, sockets } = await startFakeRedis(t)
    const secret = new Secret(url)
    const counter = await connected(t, secret)
    await counter.add('acme')
    behave({ asked: (socket, answer) => { socket.write(answer.startsWith('+') ? '-WRONGPASS no\r\n' : answer) } })
    secret.replace(url.replace('//', '//:wrong@'))
    while (await counter.add('acme').then(() => true, () => false)) await new Promise(setImmediate)
    await t.rejects(counter.add('acme'), { message: 'WRONGPASS' })
    while (sockets.size > 0) await new Promise(setImmediate)
    secret.replace(url)
    await untilCounted(counter)
  })

  t.test('once more before the new one is there, that attempt is given up', async (t) => {
    const [old, silent, next] = [await startFakeRedis(t), await startFakeRedis(t), await startFakeRedis(t)]
    silent.behave({ asked: () => {} })
    const secret = new Secret(old.url)
    const counter = await connected(t, secret)
    secret.replace(silent.url.replace('//', '//:secret@'))
    while (silent.commands.length === 0) await new Promise(setImmediate)
    secret.replace(next.url)
    while (silent.sockets.size > 0 || old.sockets.size > 0) t.match(await counter.add('acme'), { resetMs: 60_000 })
    t.equal(next.sockets.size, 1)
  })

  t.test('while it is tried again, the new one is tried at once', async (t) => {
    const next = await startFakeRedis(t)
    const secret = new Secret('redis://127.0.0.1:1')
    const counter = await connected(t, secret)
    secret.replace(next.url)
    await untilCounted(counter)
    await new Promise((resolve) => setTimeout(resolve, 300))
    t.equal(next.connections(), 1, 'and once')
  })
})
