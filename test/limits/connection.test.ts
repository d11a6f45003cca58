import { createServer, type LookupFunction } from 'node:net'
import t, { type Test } from 'tap'
import { addressIn } from '../../src/limits/address.js'
import { RedisConnection } from '../../src/limits/connection.js'
import type { Reply } from '../../src/limits/resp.js'
import { startFakeRedis } from '../helpers/fake-redis.js'
import { listen } from '../helpers/upstream.js'

const numbers = (reply: Reply) => 'numbers' in reply ? reply.numbers : undefined

/** A connection to a URL, and what it tells of itself. Closed with the test. */
function connectTo (t: Test, url: string, resolve?: LookupFunction) {
  const address = addressIn(url)
  if (address === undefined) throw new Error('no URL')
  const heard: string[] = []
  const told = { opened: () => {}, closed: () => {} }
  const opened = new Promise<void>((resolve) => { told.opened = resolve })
  const closed = new Promise<void>((resolve) => { told.closed = resolve })
  const connection = new RedisConnection(address, {
    opened () {
      heard.push('opened')
      told.opened()
    },
    closed (failure) {
      heard.push(failure)
      told.closed()
    },
  }, resolve)
  t.teardown(() => connection.destroy('closed'))
  const count = (ticket = 1) => connection.ask(['EVAL', '', '1', 'acme', '60000', String(ticket)], numbers)
  return { connection, heard, opened, closed, count }
}

t.test('many may ask at once, and each gets its own answer', async (t) => {
  const { url } = await startFakeRedis(t)
  const { opened, count } = connectTo(t, url)
  await opened
  t.strictSame(await Promise.all([7, 8, 9].map(count)), [[1, 60_000, 7], [2, 60_000, 8], [3, 60_000, 9]])
})

t.test('it says who it is and which database it wants before it is open', async (t) => {
  const { url, commands } = await startFakeRedis(t)
  const { opened } = connectTo(t, `${url.replace('//', '//broker:secret@')}/3`)
  await opened
  t.strictSame(commands, [['AUTH', 'broker', 'secret'], ['SELECT', '3']])
})

for (const [what, answer, failure] of [
  ['that wants another password', '-WRONGPASS invalid username-password pair or user is disabled.\r\n', 'WRONGPASS'],
  ['that says anything but OK', '+QUEUED\r\n', 'not_counts'],
  ['that answers with numbers', '*3\r\n:1\r\n:1\r\n:1\r\n', 'not_counts'],
] as const) {
  t.test(`a Redis ${what} is not open`, async (t) => {
    const { url, behave } = await startFakeRedis(t)
    behave({ asked: (socket) => { socket.write(answer) } })
    const { heard, closed } = connectTo(t, url.replace('//', '//:secret@'))
    await closed
    t.strictSame(heard, [failure])
  })
}

t.test('a Redis that is told a password and wants none is open all the same', async (t) => {
  const { url, behave } = await startFakeRedis(t)
  behave({ asked: (socket) => { socket.write('-ERR AUTH <password> called without any password configured for the default user.\r\n') } })
  const { opened } = connectTo(t, url.replace('//', '//:secret@'))
  await t.resolves(opened)
})

t.test('what is not connected within a second is given up', async (t) => {
  const url = await listen(t, createServer((socket) => { t.teardown(() => socket.destroy()) }), 'rediss')
  const { heard, closed } = connectTo(t, url)
  await closed
  t.strictSame(heard, ['timeout'], 'TLS included')
})

t.test('whoever waits for an answer waits a quarter of a second; what then comes is no answer to the next', async (t) => {
  const { url, behave, sockets } = await startFakeRedis(t)
  const late: string[] = []
  behave({ asked: (_socket, answer) => { late.push(answer) } })
  const { opened, count, heard } = connectTo(t, url)
  await opened
  const from = performance.now()
  await t.rejects(count(1), { message: 'timeout' })
  t.ok(performance.now() - from >= 249)

  behave({ asked: (socket, answer) => { socket.write(late.shift() + answer) } })
  t.strictSame(await count(2), [2, 60_000, 2])
  t.equal(sockets.size, 1)
  t.strictSame(heard, ['opened'])
})

t.test('a connection that owes an answer for two seconds is given up, whatever else it says and is asked', async (t) => {
  const { url, behave } = await startFakeRedis(t)
  let tick: NodeJS.Timeout | undefined
  behave({
    asked: (socket, _answer, before) => {
      if (before === 0) tick = setInterval(() => socket.write('+'), 100)
    },
  })
  t.teardown(() => clearInterval(tick))
  const { opened, closed, count, heard } = connectTo(t, url)
  await opened
  const from = performance.now()
  await t.rejects(count(1))
  const more = setInterval(() => { count(2).catch(() => {}) }, 50)
  t.teardown(() => clearInterval(more))
  await closed
  t.strictSame(heard, ['opened', 'timeout'])
  const lasted = performance.now() - from
  t.ok(lasted > 250 && lasted < 4_000, `${lasted} ms`)
})

t.test('a connection owes at most a thousand answers, waited for or not; beyond that it fails at once', async (t) => {
  const { url, behave, commands } = await startFakeRedis(t)
  behave({ asked: () => {} })
  const { opened, closed, count } = connectTo(t, url)
  await opened
  const asked = Array.from({ length: 1_000 }, (_, i) => count(i).catch((error: Error) => error.message))
  await t.rejects(count(), { message: 'too_many_commands' })
  t.strictSame(new Set(await Promise.all(asked)), new Set(['timeout']))
  await t.rejects(count(), { message: 'too_many_commands' }, 'though nobody waits any more')
  await closed
  t.equal(commands.length, 1_000)
})

t.test('what ends it ends what it owes too, by the same name, and what is asked of it then', async (t) => {
  const { url, behave, sockets } = await startFakeRedis(t)
  behave({ asked: () => {} })
  const { opened, closed, connection, count, heard } = connectTo(t, url)
  await opened
  const asked = count()
  connection.destroy('closed')
  connection.destroy('timeout')
  await t.rejects(asked, { message: 'closed' })
  await t.rejects(count(), { message: 'closed' })
  await closed
  t.strictSame(heard, ['opened', 'closed'], 'it is told once')
  while (sockets.size > 0) await new Promise(setImmediate)
})

t.test('it may be told to end once it owes nothing', async (t) => {
  const { url, behave, sockets } = await startFakeRedis(t)
  const owed: Array<() => void> = []
  behave({ asked: (socket, answer) => { owed.push(() => socket.write(answer)) } })
  const { opened, closed, connection, count, heard } = connectTo(t, url)
  await opened
  const asked = [count(1), count(2)]
  connection.end()
  while (owed.length < 2) await new Promise(setImmediate)
  owed.forEach((answer) => answer())
  t.strictSame(await Promise.all(asked), [[1, 60_000, 1], [2, 60_000, 2]])
  await closed
  t.strictSame(heard, ['opened', 'closed'])
  while (sockets.size > 0) await new Promise(setImmediate)

  const idle = connectTo(t, url)
  await idle.opened
  idle.connection.end()
  t.strictSame(idle.heard, ['opened', 'closed'], 'or at once')
})

for (const [what, answer, heard] of [
  ['a primary that has become a replica is left', "-READONLY You can't write against a read only replica.\r\n", ['opened', 'READONLY']],
  ['any other error leaves the connection as it is', '-LOADING Redis is loading the dataset in memory\r\n', ['opened']],
] as const) {
  t.test(what, async (t) => {
    const { url, behave } = await startFakeRedis(t)
    behave({ asked: (socket) => { socket.write(answer) } })
    const connection = connectTo(t, url)
    await connection.opened
    await t.rejects(connection.count(), { message: /^[A-Z]+$/ })
    t.strictSame(connection.heard, heard)
  })
}

t.test('what cannot be connected to fails by the code of why', async (t) => {
  for (const [url, code] of [['redis://127.0.0.1:1', 'ECONNREFUSED'], ['redis://localhost:1', 'ECONNREFUSED'], ['redis://nowhere.invalid', /^E[A-Z_]+$/]] as const) {
    const { closed, heard } = connectTo(t, url)
    await closed
    t.match(heard, [code], url)
  }
})

t.test('a host is looked up, and that can be seen to last', async (t) => {
  let found = () => {}
  const connection = new RedisConnection({ isTls: false, host: 'redis.test', port: 1, handshake: [] }, { opened: () => {}, closed: () => {} },
    (_hostname, _options, done) => { found = () => done(null, [{ address: '127.0.0.1', family: 4 }]) })
  t.ok(connection.isLookingUp)
  connection.destroy('closed')
  t.ok(connection.isLookingUp, 'though nobody waits for it')
  found()
  t.notOk(connection.isLookingUp)
})

t.test('a failure without a name of its own is told by none', async (t) => {
  const { heard, closed } = connectTo(t, 'redis://redis.example', (_host, _options, done) => done(new Error('words'), ''))
  await closed
  t.strictSame(heard, ['failed'])
})
