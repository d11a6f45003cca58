import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import { freePort } from '../../demo/ports.js'
import { send, startBroker } from '../helpers/broker.js'
import { environment } from '../helpers/environment.js'
import { startFakeRedis } from '../helpers/fake-redis.js'
import { HUNG_UP, hostileWays, REDIS_CANARY } from '../helpers/hostile-redis.js'
import { startServer } from '../helpers/process.js'
import { without } from '../helpers/programs.js'
import { startRedis } from '../helpers/redis.js'
import { httpUpstream } from '../helpers/upstream.js'

/*
 * What a Redis can do to a broker. Whatever it does, sessions are served under a limit, soon, the broker is ready, says
 * once what is wrong, and shares its counts again once Redis is well.
 */

const MAX = 2

/** Milliseconds that an answer takes at most: a quarter of a second, and what a busy machine adds. */
const SOON_MS = 2_000

const LOST = 'a dependency cannot be used'
const REGAINED = 'a dependency can be used again'

type Broker = Awaited<ReturnType<typeof startBroker>>

async function startWith (t: Test, redisUrl: string) {
  const { url } = await httpUpstream(t)
  const variables = { APIDECK_BASE_URL: url, REDIS_URL: redisUrl, RATE_LIMIT_MAX: String(MAX), TRUSTED_PROXIES: '127.0.0.1' }
  return startBroker(t, variables)
}

/** The status of a request for a session, from an address of its own where none is given. */
async function ask (t: Test, broker: Broker, address = freshAddress()): Promise<number> {
  const from = performance.now()
  const { status, text } = await broker.send({ headers: { 'x-forwarded-for': address } })
  const took = performance.now() - from
  if (took > SOON_MS) t.fail(`an answer took ${took} ms`)
  if (text.includes(REDIS_CANARY)) t.fail("an answer has Redis's words")
  return status
}

let addresses = 0
const freshAddress = () => `198.18.${++addresses >> 8}.${addresses & 255}`

const changes = (broker: Broker) => broker.log().filter(({ dependency }) => dependency === 'Redis')

/** Asks until the broker has said so many times that something has changed. Each request is served meanwhile. */
async function untilChanged (t: Test, broker: Broker, count: number): Promise<void> {
  while (changes(broker).length < count) {
    const status = await ask(t, broker)
    if (status !== 200) t.fail(`${status} while it heals`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** That is what a fault looks like from outside, and how it is told. */
async function isBorne (t: Test, broker: Broker, failure: readonly string[]): Promise<void> {
  const statuses = []
  for (let i = 0; i < 2 * MAX + 1; i++) statuses.push(await ask(t, broker, '203.0.113.2'))
  t.strictSame(statuses.slice(0, MAX), Array<number>(MAX).fill(200), 'sessions are served')
  t.equal(statuses.at(-1), 429, 'under a limit')
  t.strictSame(new Set(statuses), new Set([200, 429]))
  t.match(await broker.send({ method: 'GET', path: '/readyz' }), { status: 200 })
  const [lost, ...more] = changes(broker)
  t.match(lost, { level: 'error', msg: LOST })
  t.ok(failure.includes(String(lost?.['failure'])), `${String(lost?.['failure'])} is one of ${failure.join(', ')}`)
  t.strictSame(more, [], 'it is told once')
}

let last: Promise<void> = Promise.resolve()

/** Redis has a quarter of a second to answer: nothing else is to take it. Until it is well again many can wait at once. */
function inTurn (work: () => Promise<void>): Promise<void> {
  last = last.then(work, work)
  return last
}

t.test('a Redis that', async (t) => {
  t.jobs = 8
  for (const { way, failure, ...behaviour } of hostileWays) {
    t.test(way, { buffered: true }, async (t) => {
      const redis = await startFakeRedis(t)
      if (behaviour.connected !== undefined) redis.behave(behaviour)
      const broker = await startWith(t, redis.url)
      await inTurn(async () => {
        if (behaviour.connected === undefined) t.equal(await ask(t, broker), 200)
        redis.behave(behaviour)
        await isBorne(t, broker, failure)
        redis.behave({})
      })

      await untilChanged(t, broker, 2)
      t.match(changes(broker), [{ msg: LOST }, { level: 'info', msg: REGAINED }])
      const asked = redis.commands.length
      t.equal(await ask(t, broker), 200)
      t.equal(redis.commands.length, asked + 1, 'counts are shared again')
      t.notMatch(broker.output(), new RegExp(REDIS_CANARY, 'i'))
    })
  }
})

/** What is done to a real Redis and undone, by commands to it. */
interface Ailment {
  what: string
  args?: string[]
  does: string
  undoes: string
  failure: string[]
}

const ailments: Ailment[] = [
  { what: 'has no memory left', does: 'CONFIG SET maxmemory 1', undoes: 'CONFIG SET maxmemory 0', failure: ['OOM'] },
  { what: 'has become a replica', does: 'REPLICAOF 127.0.0.1 1', undoes: 'REPLICAOF NO ONE', failure: ['READONLY'] },
  {
    what: 'has become a replica that has lost its primary',
    args: ['--replica-serve-stale-data', 'no'],
    does: 'REPLICAOF 127.0.0.1 1',
    undoes: 'REPLICAOF NO ONE',
    failure: ['MASTERDOWN'],
  },
  { what: 'no longer permits scripts', does: 'ACL SETUSER default -eval', undoes: 'ACL SETUSER default +eval', failure: ['NOPERM'] },
  { what: 'no longer permits to count', does: 'ACL SETUSER default -incr', undoes: 'ACL SETUSER default +incr', failure: ['NOPERM', 'ERR'] },
  {
    what: 'wants a password that it did not want',
    does: 'CONFIG SET requirepass canary-of-redis\r\nCLIENT KILL TYPE normal',
    undoes: 'AUTH canary-of-redis\r\nCONFIG SET requirepass ""',
    failure: ['NOAUTH', ...HUNG_UP],
  },
  { what: 'keeps everybody waiting for a while', does: 'CLIENT PAUSE 1500 ALL', undoes: 'PING', failure: ['timeout'] },
  { what: 'holds writes back for a while', does: 'CLIENT PAUSE 1500 WRITE', undoes: 'PING', failure: ['timeout'] },
  { what: 'sleeps', args: ['--enable-debug-command', 'yes'], does: 'DEBUG SLEEP 1.5', undoes: 'PING', failure: ['timeout'] },
  {
    what: "is busy with another's script",
    args: ['--busy-reply-threshold', '1'],
    does: 'EVAL "while true do end" 0',
    undoes: 'SCRIPT KILL',
    failure: ['BUSY', 'timeout'],
  },
]

t.test('a real Redis that', { skip: without('redis-server') }, async (t) => {
  for (const { what, args = [], does, undoes, failure } of ailments) {
    t.test(what, async (t) => {
      const redis = await startRedis(t, args)
      const broker = await startWith(t, redis.url)
      t.equal(await ask(t, broker, '203.0.113.1'), 200)
      redis.tell(does)
      await untilChanged(t, broker, 1)
      await isBorne(t, broker, failure)
      redis.tell(undoes)
      await untilChanged(t, broker, 2)
      t.match(changes(broker), [{ msg: LOST }, { level: 'info', msg: REGAINED }])
      t.match(await redis.ask('GET vault-session-broker:session:203.0.113.1'), /^\$1\r\n1\r\n/)
      t.equal(await ask(t, broker, '203.0.113.1'), 200)
      t.equal(await ask(t, broker, '203.0.113.1'), 429, 'counts are shared again')
      t.notMatch(broker.output(), /canary-of-redis/i)
    })
  }

  for (const [what, take, give, failure] of [
    ['is killed', 'stop', 'start', [...HUNG_UP, 'ECONNREFUSED']],
    ['is frozen', 'freeze', 'thaw', ['timeout']],
  ] as const) {
    t.test(what, async (t) => {
      const redis = await startRedis(t)
      const broker = await startWith(t, redis.url)
      t.equal(await ask(t, broker), 200)
      await redis[take]()
      await isBorne(t, broker, failure)
      await redis[give]()
      await untilChanged(t, broker, 2)
      t.match(changes(broker), [{ msg: LOST }, { level: 'info', msg: REGAINED }])
    })
  }

  t.test('kills its connections again and again costs no request, and what it says of that is in turns', async (t) => {
    const redis = await startRedis(t)
    const broker = await startWith(t, redis.url)
    for (let i = 0; i < 20; i++) {
      await redis.ask('CLIENT KILL TYPE normal')
      t.equal(await ask(t, broker), 200)
    }
    while (changes(broker).length % 2 === 1) t.equal(await ask(t, broker), 200)
    changes(broker).forEach(({ msg }, i) => t.equal(msg, i % 2 === 0 ? LOST : REGAINED))
  })

  t.test('forgets its scripts goes on counting', async (t) => {
    const redis = await startRedis(t)
    const broker = await startWith(t, redis.url)
    const statuses = []
    for (let i = 0; i <= MAX; i++) {
      statuses.push(await ask(t, broker, '203.0.113.1'))
      await redis.ask('SCRIPT FLUSH')
    }
    t.strictSame(statuses, [200, 200, 429])
    t.strictSame(changes(broker), [])
  })

  t.test('has another password than the URL is as none, from the start', async (t) => {
    const redis = await startRedis(t, ['--requirepass', 'the-right-one'])
    const broker = await startWith(t, redis.url.replace('//', '//:canary-of-redis@'))
    await isBorne(t, broker, ['WRONGPASS'])
    await redis.ask('AUTH the-right-one\r\nCONFIG SET requirepass canary-of-redis')
    await untilChanged(t, broker, 2)
    t.notMatch(broker.output(), /canary-of-redis/)
  })

  t.test('speaks TLS, with a certificate of an authority that Node trusts, is shared', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'redis-'))
    t.teardown(() => rm(directory, { recursive: true }))
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec', extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    })
    const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
    await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)])
    const port = await freePort(0)
    await startRedis(t, ['--tls-port', String(port), '--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile, '--tls-auth-clients', 'no'])
    const { url: upstream } = await httpUpstream(t)

    const start = (host: string, authorities: Record<string, string>) => startServer(t, {
      ...environment, ...authorities, APIDECK_BASE_URL: upstream, REDIS_URL: `rediss://${host}:${port}`, RATE_LIMIT_MAX: String(MAX),
    }, { program: 'dist/server.js' })
    const trusting = [await start('localhost', { NODE_EXTRA_CA_CERTS: certFile }), await start('localhost', { NODE_EXTRA_CA_CERTS: certFile })]
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await send(`${trusting[i % 2]?.url}/vault-session`, { method: 'POST' })).status)
    t.strictSame(statuses, [200, 200, 429, 429])

    for (const [host, authorities, failure] of [
      ['localhost', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ['127.0.0.1', { NODE_EXTRA_CA_CERTS: certFile }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ] as const) {
      const { url, output } = await start(host, authorities)
      t.equal((await send(`${url}/vault-session`, { method: 'POST' })).status, 200, 'under a limit of its own')
      t.match(output(), new RegExp(`"failure":"${failure}"`))
    }
  })
})
