import { execFileSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { appendFileSync, closeSync, constants, mkdtempSync, openSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { Metrics } from '../../src/metrics/metrics.js'
import { send, startBroker } from '../helpers/broker.js'
import { environment } from '../helpers/environment.js'
import { startServer } from '../helpers/process.js'
import { secretVolume } from '../helpers/secret-volume.js'
import { errorBody, httpUpstream, mint, type Received } from '../helpers/upstream.js'

/*
 * Secrets that rotate, on real files: each way in which a file changes is a row, and so is each way in which it is of no
 * use. A change is taken within its bound, a flaw keeps the last good value, and no request fails for either.
 */

/** Two looks a second apart, with room for a machine that is busy. */
const BOUND_MS = 10_000

const FIRST = 'sk_live_canary-first-000'
const SECOND = 'sk_live_canary-second-00'
const keyOf = ({ headers }: Received) => headers.find(([name]) => name === 'authorization')?.[1].replace('Bearer ', '')

type Broker = Awaited<ReturnType<typeof startBroker>>

/** Resolves to how long it took until a line said so, as the log of `since` lines goes on. */
async function said (broker: Broker, what: Record<string, string>, since = 0): Promise<number> {
  const started = performance.now()
  while (!broker.log().slice(since).some((line) => Object.entries(what).every(([name, value]) => line[name] === value))) await broker.nextLine()
  return performance.now() - started
}

const replaced = (variable: string) => ({ level: 'info', msg: 'a secret was replaced', variable })
const lost = (failure: string) => ({ level: 'error', msg: 'a dependency cannot be used', dependency: 'APIDECK_API_KEY_FILE', failure })
const regained = { level: 'info', msg: 'a dependency can be used again', dependency: 'APIDECK_API_KEY_FILE' }

/** A broker that has its key from a file, and the key that it asks for a session with. */
async function startWithKey (t: Test, path: string, metrics?: Metrics) {
  const upstream = await httpUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, APIDECK_API_KEY: '', APIDECK_API_KEY_FILE: path, RATE_LIMIT_MAX: '1000000' }, { metrics })
  async function keyInUse () {
    const { status } = await broker.send()
    return status === 200 ? upstream.received.map(keyOf).at(-1) : status
  }
  return { broker, keyInUse }
}

/** Rows wait for looks, most of the time: each begins at once, on files and sockets of its own, and is judged in turn. */
function begin<Outcome> (run: (directory: string) => Promise<Outcome>): Promise<Outcome> {
  const outcome = run(mkdtempSync(`${directory}/row-`))
  outcome.catch(() => {})
  return outcome
}
const directory = t.testdir({})

const changes: Array<[what: string, change: (path: string) => void]> = [
  ['is renamed over', (path) => {
    writeFileSync(`${path}.new`, `${SECOND}\n`)
    renameSync(`${path}.new`, path)
  }],
  ['is rewritten in place', (path) => writeFileSync(path, SECOND)],
  ['is rewritten with the same size and the same times', (path) => {
    const { atime, mtime, size } = statSync(path)
    writeFileSync(path, SECOND)
    utimesSync(path, atime, mtime)
    if (statSync(path).size !== size) throw new Error('the size has changed')
  }],
  ['becomes a link to another', (path) => {
    writeFileSync(`${path}.new`, SECOND)
    rmSync(path)
    symlinkSync(`${path}.new`, path)
  }],
]
for (const [what, change] of changes) {
  const outcome = begin(async (directory) => {
    const path = `${directory}/key`
    writeFileSync(path, FIRST)
    const { broker, keyInUse } = await startWithKey(t, path)
    const before = await keyInUse()
    change(path)
    const tookMs = await said(broker, replaced('APIDECK_API_KEY'))
    return { before, tookMs, after: await keyInUse(), output: broker.output() }
  })
  t.test(`the key that goes upstream is the new one once its file ${what}`, async (t) => {
    const { before, tookMs, after, output } = await outcome
    t.strictSame([before, after], [FIRST, SECOND])
    t.ok(tookMs < BOUND_MS)
    t.notMatch(output, /canary/)
  })
}

t.test('the key that goes upstream is the new one once its volume is swapped as Kubernetes does it, again and again', async (t) => {
  const volume = secretVolume(`${t.testdir({})}/volume`, FIRST)
  const metrics = new Metrics()
  const { broker, keyInUse } = await startWithKey(t, volume.path, metrics)
  for (const key of [SECOND, FIRST, SECOND]) {
    const since = broker.log().length
    volume.swap(key)
    t.ok(await said(broker, replaced('APIDECK_API_KEY'), since) < BOUND_MS)
    t.equal(await keyInUse(), key)
  }
  t.match(await metrics.text(), '\nvault_session_broker_secrets_replaced_total{variable="APIDECK_API_KEY"} 3\n')
  t.notMatch(broker.output(), /canary/)
})

/** Pipes that somebody writes to. */
const pipes: number[] = []
t.teardown(() => pipes.forEach((pipe) => closeSync(pipe)))

const flaws: Array<[what: string, spoil: (path: string) => void, failure: string]> = [
  ['vanishes', (path) => rmSync(path), 'ENOENT'],
  ['is emptied', (path) => truncateSync(path), 'empty'],
  ['holds white space alone', (path) => writeFileSync(path, ' \n'), 'empty'],
  ['holds garbage', (path) => writeFileSync(path, Buffer.from([0, 255, 10, 13, 128])), 'malformed'],
  ['holds a header and more', (path) => writeFileSync(path, `${SECOND}\r\nx-canary: 1`), 'malformed'],
  ['is of 65,537 bytes', (path) => writeFileSync(path, 'x'.repeat(65_537)), 'too_large'],
  ['is of 10 GiB', (path) => truncateSync(path, 10 * 1024 ** 3), 'too_large'],
  ['becomes a pipe that nobody writes to', (path) => {
    rmSync(path)
    execFileSync('mkfifo', [path])
  }, 'not_a_file'],
  ['becomes a pipe that somebody writes to', (path) => {
    rmSync(path)
    execFileSync('mkfifo', [path])
    const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    pipes.push(pipe)
    writeSync(pipe, SECOND)
  }, 'not_a_file'],
  ['becomes /dev/zero', (path) => {
    rmSync(path)
    symlinkSync('/dev/zero', path)
  }, 'not_a_file'],
  ['becomes a directory', (path) => {
    rmSync(path)
    execFileSync('mkdir', [path])
  }, 'not_a_file'],
  ['becomes a link to itself', (path) => {
    rmSync(path)
    symlinkSync(path, path)
  }, 'ELOOP'],
]
for (const [what, spoil, failure] of flaws) {
  const outcome = begin(async (directory) => {
    const path = `${directory}/key`
    writeFileSync(path, FIRST)
    const { broker, keyInUse } = await startWithKey(t, path)
    spoil(path)
    const tookMs = await said(broker, lost(failure))
    const spoilt = await keyInUse()
    rmSync(path, { recursive: true, force: true })
    writeFileSync(path, SECOND)
    await said(broker, replaced('APIDECK_API_KEY'))
    return { path, tookMs, spoilt, healed: await keyInUse(), log: broker.log(), output: broker.output() }
  })
  t.test(`a file that ${what} keeps the last good key, told once, and heals`, async (t) => {
    const { path, tookMs, spoilt, healed, log, output } = await outcome
    t.strictSame([spoilt, healed], [FIRST, SECOND])
    t.ok(tookMs < BOUND_MS)
    const told = log.filter(({ dependency, variable }) => dependency !== undefined || variable !== undefined)
    t.match(told, [lost(failure), regained, replaced('APIDECK_API_KEY')])
    t.equal(told.length, 3)
    t.notMatch(output, /canary/)
    t.notOk(output.includes(path), 'no line has the path')
  })
}

/** Asks for sessions, eight at a time and on and on. `pass(n)` resolves once n more have been answered. */
function load (ask: () => Promise<{ status: number }>) {
  const statuses = new Map<number, number>()
  const state = { isOn: true, answered: 0 }
  const progress = new EventEmitter()
  const asking = Array.from({ length: 8 }, async () => {
    while (state.isOn) {
      const { status } = await ask()
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      state.answered++
      progress.emit('answer')
    }
  })
  return {
    statuses,
    async pass (n: number) {
      const until = state.answered + n
      while (state.answered < until) await once(progress, 'answer')
    },
    async end () {
      state.isOn = false
      await Promise.all(asking)
      return state.answered
    },
  }
}

const rotations: Array<[how: string, rotate: (volume: ReturnType<typeof secretVolume>) => Promise<void>]> = [
  ['its volume swapped', async ({ swap }) => swap(SECOND)],
  ['in place, with half of it there first', async ({ path }) => {
    writeFileSync(path, SECOND.slice(0, 12))
    await delay(300)
    appendFileSync(path, SECOND.slice(12))
  }],
]
for (const [how, rotate] of rotations) {
  t.test(`under load a key rotates, ${how}, and no request fails`, async (t) => {
    const accepted = new Set([FIRST])
    const used = new Set<string>()
    const upstream = await httpUpstream(t, (request, response) => {
      const key = String(request.headers.authorization).replace('Bearer ', '')
      used.add(key)
      if (accepted.has(key)) mint(request, response)
      else response.writeHead(401).end(errorBody(401))
    })
    const volume = secretVolume(`${t.testdir({})}/volume`, FIRST)
    const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, APIDECK_API_KEY: '', APIDECK_API_KEY_FILE: volume.path, RATE_LIMIT_MAX: '1000000' })
    const steady = load(() => broker.send())
    await steady.pass(50)
    accepted.add(SECOND)
    await rotate(volume)
    await said(broker, replaced('APIDECK_API_KEY'))
    // What was under way with the old key is through; then Apideck takes it no more.
    await steady.pass(50)
    accepted.delete(FIRST)
    await steady.pass(50)
    const answered = await steady.end()
    t.strictSame([...steady.statuses], [[200, answered]])
    t.strictSame([...used], [FIRST, SECOND])
    t.notMatch(broker.output(), /canary/)
  })
}

t.test('a key that Apideck refuses from one moment to the next is read anew at once, and no caller hears of it', async (t) => {
  const path = `${t.testdir({ key: FIRST })}/key`
  const state = { good: FIRST }
  const upstream = await httpUpstream(t, (request, response) => {
    if (request.headers.authorization === `Bearer ${state.good}`) mint(request, response)
    else response.writeHead(401).end(errorBody(401))
  })
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, APIDECK_API_KEY: '', APIDECK_API_KEY_FILE: path, RATE_LIMIT_MAX: '1000000' })
  t.equal((await broker.send()).status, 200)
  state.good = SECOND
  writeFileSync(path, SECOND)
  const answers = await Promise.all(Array.from({ length: 20 }, () => broker.send()))
  t.strictSame(answers.map(({ status }) => status), answers.map(() => 200))
  t.strictSame(upstream.received.map(keyOf).slice(-1), [SECOND])
  t.ok(upstream.received.length <= 41, 'each went out twice at most')
  t.notOk(broker.log().some(({ dependency }) => dependency === 'Apideck credentials'), 'nobody is woken')
})

t.test('a key that Apideck refuses and that is still the same is refused, after one call', async (t) => {
  const path = `${t.testdir({ key: FIRST })}/key`
  const upstream = await httpUpstream(t, (_request, response) => response.writeHead(401).end(errorBody(401)))
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, APIDECK_API_KEY: '', APIDECK_API_KEY_FILE: path })
  t.match(await broker.send(), { status: 502, json: { code: 'upstream_auth_failed' } })
  t.equal(upstream.received.length, 1)
})

t.test('under load a gateway\'s secret rotates, the broker first and the gateway after, and no request fails', async (t) => {
  const { url } = await httpUpstream(t)
  const path = `${t.testdir({ secret: 'gateway-canary-first' })}/secret`
  const broker = await startBroker(t, {
    APIDECK_BASE_URL: url, APIDECK_CONSUMER_ID: '', IDENTITY: 'gateway', TRUSTED_PROXIES: '127.0.0.1', GATEWAY_SECRET_FILE: path, RATE_LIMIT_MAX: '1000000',
  })
  const gateway = { secret: 'gateway-canary-first' }
  const steady = load(() => broker.send({ headers: { 'x-gateway-secret': gateway.secret, 'x-consumer-id': 'acme', 'sec-fetch-site': 'same-origin' } }))
  await steady.pass(50)
  writeFileSync(path, 'gateway-canary-second')
  await said(broker, replaced('GATEWAY_SECRET'))
  await steady.pass(50)
  gateway.secret = 'gateway-canary-second'
  await steady.pass(50)
  const answered = await steady.end()
  t.strictSame([...steady.statuses], [[200, answered]])
  t.notMatch(broker.output(), /canary/)
})

t.test('the URL of Redis rotates, and the log knows its passwords, old and new', async (t) => {
  const urls = ['redis://:canary-password-1@127.0.0.1:1', 'redis://:canary-password-2@127.0.0.1:1'] as const
  const path = `${t.testdir({ url: urls[0] })}/url`
  const broker = await startBroker(t, { REDIS_URL_FILE: path })
  writeFileSync(path, urls[1])
  await said(broker, replaced('REDIS_URL'))
  broker.app.log.info({ careless: ['canary-password-1', 'canary-password-2', ...urls] }, urls.join())
  t.match(broker.log().at(-1), { careless: ['[secret]', '[secret]', '[secret]', '[secret]'], msg: '[secret],[secret]' })
  t.notMatch(broker.output(), /canary/)
})

t.test('a broker that is closed follows nothing', async (t) => {
  const path = `${t.testdir({ key: FIRST })}/key`
  const [closed, open] = [await startWithKey(t, path), await startWithKey(t, path)]
  await closed.broker.app.close()
  const lines = closed.broker.log().length
  for (const key of [SECOND, FIRST]) {
    const since = open.broker.log().length
    writeFileSync(path, key)
    await said(open.broker, replaced('APIDECK_API_KEY'), since)
  }
  t.equal(closed.broker.log().length, lines)
})

t.test('the process follows its files, and a pipe in the place of one neither stops it nor keeps it from stopping', async (t) => {
  const { url, received } = await httpUpstream(t)
  const volume = secretVolume(`${t.testdir({})}/volume`, FIRST)
  const server = await startServer(t, { ...environment, APIDECK_BASE_URL: url, APIDECK_API_KEY: '', APIDECK_API_KEY_FILE: volume.path }, { program: 'dist/server.js' })
  volume.swap(SECOND)
  await server.line(/"msg":"a secret was replaced"/)
  t.equal((await send(`${server.url}/vault-session`, { method: 'POST' })).status, 200)
  t.equal(received.map(keyOf).at(-1), SECOND)
  rmSync(volume.path)
  execFileSync('mkfifo', [volume.path])
  await server.line(/"failure":"not_a_file"/)
  t.equal((await send(`${server.url}/vault-session`, { method: 'POST' })).status, 200)
  server.kill('SIGTERM')
  t.equal(await server.exit, 0)
  t.notMatch(server.output(), /canary/)
})
