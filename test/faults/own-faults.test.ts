import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { send, startBroker } from '../helpers/broker.js'
import { environment } from '../helpers/environment.js'
import { startIssuer } from '../helpers/issuer.js'
import { startServer } from '../helpers/process.js'
import { TOKEN_CANARY, heldUpstream, httpUpstream, mintedBody } from '../helpers/upstream.js'

/* Faults of the process itself and of what it stands on, each with its outcome. Logging has a file of its own. */

const preload = './test/helpers/fault-on-signal.ts'

/** The server with one request in flight, and how to answer that one. */
async function startWithRequest (t: Test, fault: string, variables: Record<string, string> = {}) {
  const upstream = await heldUpstream(t)
  const server = await startServer(t, {
    ...environment, APIDECK_BASE_URL: upstream.url, FAULT: fault, SHUTDOWN_DELAY_MS: '60000', ...variables,
  }, { preload })
  const inFlight = send(`${server.url}/vault-session`, { method: 'POST' })
  inFlight.catch(() => {})
  const response = await upstream.next()
  return { server, inFlight, answer: () => response.writeHead(200, { 'content-type': 'application/json' }).end(mintedBody()) }
}

/** Waits for a line of the server's. */
async function said (server: Awaited<ReturnType<typeof startServer>>, part: RegExp): Promise<void> {
  while (!part.test(server.output())) await wait(5)
}

const FATAL = /"level":"fatal"[^\n]*"msg":"stopping after an error that nobody caught"/

const bugs: Array<[fault: string, line: RegExp]> = [
  ['exception', /"err":\{"type":"Error","message":"nobody catches this: https:\/\/vault\.apideck\.com\/session\/\[secret\]","stack":/],
  ['rejection', /"err":\{"type":"Error","message":"nobody catches this: https:\/\/vault\.apideck\.com\/session\/\[secret\]","stack":/],
  ['nothing', /"level":"fatal"/],
]

for (const [fault, line] of bugs) {
  t.test(`a bug that nobody catches (${fault}): what is in flight is answered, without a delay, and the exit code is 1`, async (t) => {
    const { server, inFlight, answer } = await startWithRequest(t, fault)
    server.kill('SIGWINCH')
    await said(server, FATAL)
    await server.closed()
    answer()
    t.match(await inFlight, { status: 200, headers: { connection: 'close' } })
    t.equal(await server.exit, 1)
    t.match(server.output(), line)
    t.match(server.output(), /"msg":"stopped"/)
    t.notOk(server.output().includes(TOKEN_CANARY))
  })
}

t.test('after a bug that nobody catches, SHUTDOWN_TIMEOUT_MS is the most that it takes', async (t) => {
  const { server, inFlight } = await startWithRequest(t, 'exception', { SHUTDOWN_TIMEOUT_MS: '300' })
  const started = performance.now()
  server.kill('SIGWINCH')
  t.equal(await server.exit, 1)
  t.ok(performance.now() - started < 10_000)
  await t.rejects(inFlight)
  t.notMatch(server.output(), /"msg":"stopped"/)
})

t.test('a second bug on the way down ends it at once', async (t) => {
  const { server, inFlight } = await startWithRequest(t, 'exception', { SHUTDOWN_TIMEOUT_MS: '60000' })
  server.kill('SIGWINCH')
  await said(server, FATAL)
  server.kill('SIGWINCH')
  t.equal(await server.exit, 1)
  await t.rejects(inFlight)
  t.match(server.output(), /"msg":"second error, exiting"/)
  t.notOk(server.output().includes(TOKEN_CANARY))
})

t.test('a process that stood still for three seconds answers what came before and meanwhile, and goes on', async (t) => {
  const { url } = await httpUpstream(t, (request, response) => { setTimeout(answerLate, 50, request, response) })
  const server = await startServer(t, { ...environment, APIDECK_BASE_URL: url, FAULT: 'block' }, { preload })
  const ask = (count: number) => Promise.all(Array.from({ length: count }, async () => (await send(`${server.url}/vault-session`, { method: 'POST' })).status))
  t.strictSame(await ask(1), [200])
  const before = ask(5)
  await wait(20)
  server.kill('SIGWINCH')
  const started = performance.now()
  const meanwhile = ask(10)
  t.strictSame([...await before, ...await meanwhile], Array.from({ length: 15 }, () => 200))
  t.ok(performance.now() - started > 2_000, 'it stood still')
  t.strictSame(await ask(5), Array.from({ length: 5 }, () => 200))
  t.equal((await send(`${server.url}/readyz`)).status, 200)
})

function answerLate (_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(mintedBody())
}

t.test('a clock that is set back or forward moves no deadline: nothing asks for the time of day but what others date', async (t) => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  for (const file of files) {
    const lines = readFileSync(join('src', file), 'utf8').split('\n').filter((line) => /Date\.now|new Date\(\)/.test(line))
    for (const line of lines) t.match(line, /retry.?after/i, `${file}: ${line.trim()}`)
  }
})

t.test('without a file descriptor left it lives on, spins not, and serves again as some are free', async (t) => {
  const { url } = await httpUpstream(t)
  const server = await startServer(t, { ...environment, APIDECK_BASE_URL: url, RATE_LIMIT_MAX: '1000000' }, { program: 'dist/server.js', limits: '-n 256' })
  const clients: Socket[] = []
  for (let i = 0; i < 500; i++) clients.push(connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {}))
  await Promise.race(clients.map((client) => once(client.resume(), 'close')))
  const before = cpuMs(server.pid)
  await wait(1_000)
  t.ok(cpuMs(server.pid) - before < 500, 'it does not spin')
  for (const client of clients) client.destroy()

  const statuses: number[] = []
  while (statuses.at(-1) !== 200) {
    statuses.push(await send(`${server.url}/vault-session`, { method: 'POST' }).then(({ status }) => status, () => 0))
    await wait(20)
  }
  t.strictSame(statuses.filter((status) => ![0, 200, 502].includes(status)), [])
  server.kill('SIGTERM')
  t.equal(await server.exit, 0)
  t.notMatch(server.output(), /"level":"fatal"/)
})

/** Milliseconds of CPU that a process has used. */
function cpuMs (pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** What an issuer may do instead of answering, and which bound of `src/identity/issuer.ts` ends it. */
const answers: Array<[what: string, failure: RegExp, answer: (response: ServerResponse) => void]> = [
  ['answers 10 MB', /^UND_ERR_RES_EXCEEDED_MAX_SIZE$/, (response) => response.end(Buffer.alloc(10_000_000, ' '))],
  ['never ends', /^UND_ERR_RES_EXCEEDED_MAX_SIZE$/, function more (response) {
    if (!response.destroyed) response.write(Buffer.alloc(65_536, ' '), () => more(response))
  }],
  ['drips', /^TimeoutError$/, function drip (response) {
    response.write(' ')
    if (!response.destroyed) setTimeout(drip, 50, response)
  }],
  ['never answers', /^TimeoutError$/, () => {}],
  ['sends headers without an end', /^UND_ERR_HEADERS_OVERFLOW$/, (response) => {
    response.socket?.end(`HTTP/1.1 200 OK\r\n${`x-long: ${'y'.repeat(1_000)}\r\n`.repeat(100)}`)
  }],
]

for (const [what, failure, answer] of answers) {
  t.test(`with an issuer that ${what}, callers get identity_unavailable in time, and it heals`, async (t) => {
    const issuer = await startIssuer(t)
    issuer.answer((_request, response) => answer(response))
    const { url } = await httpUpstream(t)
    const broker = await startBroker(t, { ...issuer.variables, APIDECK_BASE_URL: url })
    const authorization = `Bearer ${await issuer.sign()}`
    const started = performance.now()
    const refused = await Promise.all(Array.from({ length: 20 }, () => broker.send({ headers: { authorization } })))
    t.ok(performance.now() - started < 8_000)
    for (const one of refused) t.match(one, { status: 503, json: { code: 'identity_unavailable' } })
    t.equal(issuer.requests.length, 1, 'one fetch for all')
    t.match(broker.log().filter(({ msg }) => msg === 'a dependency cannot be used'), [{ dependency: 'issuer', failure }])

    issuer.answer(undefined)
    await wait(2_100)
    t.equal((await broker.send({ headers: { authorization } })).status, 200)
  })
}
