import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { Metrics } from '../../src/metrics/metrics.js'
import { startBroker } from '../helpers/broker.js'
import { errorBody, mintedBody, socketUpstream, TOKEN } from '../helpers/upstream.js'

/*
 * What an upstream can do, a fault a row, on bare sockets: what the caller gets, within which time, and how many
 * requests went upstream for it. Certificates and protocols are in `tls.test.ts`, what statuses and bodies become in
 * `journeys/error-map.test.ts`.
 */

/** What the upstream does with a request. */
type Act = (socket: Socket) => void

const http = (status: number, body = errorBody(status), headers = ''): string =>
  `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const answers = (status: number, headers?: string): Act => (socket) => socket.write(http(status, undefined, headers))
const mints: Act = (socket) => socket.write(http(200, mintedBody()))
const closes: Act = (socket) => socket.end()
const resets: Act = (socket) => socket.resetAndDestroy()
const writes = (text: string): Act => (socket) => socket.write(text)
const isSilent: Act = () => {}

/** Writes a bit every now and then, for as long as anybody listens. */
const drips = (head: string, bit: string): Act => (socket) => {
  socket.write(head)
  const drip = setInterval(() => socket.write(bit), 100)
  socket.on('close', () => clearInterval(drip))
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`

interface Row {
  what: string
  /** With the first request, the second and so on; the last for all that follow. */
  acts: Act[]
  status: number
  code?: string
  /** Milliseconds within which there is an answer. The budget is 3 s where nothing else is said. */
  withinMs: number
  calls: number
  /** Milliseconds before which there is none. */
  notBeforeMs?: number
  retryAfter?: string
}

const BUDGET_MS = 3_000
const AT_ONCE = 1_500

/** What passes, and what does not. */
const rows: Row[] = [
  { what: 'mints', acts: [mints], status: 200, withinMs: AT_ONCE, calls: 1 },

  // Tried once more.
  ...[502, 503, 504].map((status) => ({ what: `answers ${status}, then mints`, acts: [answers(status), mints], status: 200, withinMs: AT_ONCE, calls: 2 })),
  { what: 'closes without a word, then mints', acts: [closes, mints], status: 200, withinMs: AT_ONCE, calls: 2 },
  { what: 'resets, then mints', acts: [resets, mints], status: 200, withinMs: AT_ONCE, calls: 2 },
  { what: 'answers 503 and asks for a second, then mints', acts: [answers(503, 'retry-after: 1\r\n'), mints], status: 200, withinMs: BUDGET_MS, calls: 2, notBeforeMs: 1_000 },

  // Once more, and no more.
  { what: 'answers 502 each time', acts: [answers(502)], status: 502, code: 'upstream_error', withinMs: AT_ONCE, calls: 2 },
  { what: 'answers 503 each time', acts: [answers(503)], status: 503, code: 'upstream_unavailable', withinMs: AT_ONCE, calls: 2, retryAfter: '5' },
  { what: 'answers 504 each time', acts: [answers(504)], status: 504, code: 'upstream_timeout', withinMs: AT_ONCE, calls: 2 },
  { what: 'closes without a word each time', acts: [closes], status: 502, code: 'upstream_unreachable', withinMs: AT_ONCE, calls: 2 },
  { what: 'resets each time', acts: [resets], status: 502, code: 'upstream_unreachable', withinMs: AT_ONCE, calls: 2 },
  { what: 'answers 503 and closes, then resets', acts: [answers(503, 'connection: close\r\n'), resets], status: 502, code: 'upstream_unreachable', withinMs: AT_ONCE, calls: 2 },
  { what: 'resets, then is silent', acts: [resets, isSilent], status: 504, code: 'upstream_timeout', withinMs: BUDGET_MS + 1_000, calls: 2, notBeforeMs: 2_900 },

  // Never again.
  { what: 'answers 503 and asks for longer than there is', acts: [answers(503, 'retry-after: 17\r\n')], status: 503, code: 'upstream_unavailable', withinMs: AT_ONCE, calls: 1, retryAfter: '17' },
  ...[500, 501, 505, 507, 599].map((status) => ({ what: `answers ${status}`, acts: [answers(status)], status: 502, code: 'upstream_error', withinMs: AT_ONCE, calls: 1 })),
  { what: 'answers 400', acts: [answers(400)], status: 422, code: 'session_rejected', withinMs: AT_ONCE, calls: 1 },
  { what: 'answers 401', acts: [answers(401)], status: 502, code: 'upstream_auth_failed', withinMs: AT_ONCE, calls: 1 },
  { what: 'answers 402', acts: [answers(402)], status: 503, code: 'upstream_limit_reached', withinMs: AT_ONCE, calls: 1 },
  { what: 'answers 404', acts: [answers(404)], status: 502, code: 'upstream_rejected', withinMs: AT_ONCE, calls: 1 },
  { what: 'answers 408', acts: [answers(408)], status: 504, code: 'upstream_timeout', withinMs: AT_ONCE, calls: 1 },
  { what: 'answers 429 and asks for a second', acts: [answers(429, 'retry-after: 1\r\n')], status: 503, code: 'upstream_rate_limited', withinMs: AT_ONCE, calls: 1, retryAfter: '1' },
  { what: 'answers 302', acts: [answers(302, 'location: https://evil.example/\r\n')], status: 502, code: 'upstream_invalid_response', withinMs: AT_ONCE, calls: 1 },
  { what: 'mints no session', acts: [writes(http(200, '{}'))], status: 502, code: 'upstream_invalid_response', withinMs: AT_ONCE, calls: 1 },
  { what: 'resets within the line of its status', acts: [(socket) => socket.write('HTTP/1.1 2', () => socket.resetAndDestroy()), mints], status: 502, code: 'upstream_unreachable', withinMs: AT_ONCE, calls: 1 },
  { what: 'closes within its headers', acts: [(socket) => socket.end(`${HEAD}conte`), mints], status: 502, code: 'upstream_unreachable', withinMs: AT_ONCE, calls: 1 },
  { what: 'resets within its body', acts: [(socket) => socket.write(`${HEAD}content-length: 99\r\n\r\n{`, () => socket.resetAndDestroy()), mints], status: 502, code: 'upstream_unreachable', withinMs: AT_ONCE, calls: 1 },
  { what: 'closes within a chunk', acts: [(socket) => socket.end(`${CHUNKED}ff\r\n{`), mints], status: 502, code: 'upstream_unreachable', withinMs: AT_ONCE, calls: 1 },

  // Slow, each phase of it.
  { what: 'is silent', acts: [isSilent], status: 504, code: 'upstream_timeout', withinMs: BUDGET_MS + 1_000, calls: 1, notBeforeMs: 2_900 },
  { what: 'drips its headers', acts: [drips(HEAD, 'x: x\r\n')], status: 504, code: 'upstream_timeout', withinMs: BUDGET_MS + 1_000, calls: 1, notBeforeMs: 2_900 },
  { what: 'drips its body', acts: [drips(CHUNKED, '1\r\n \r\n')], status: 504, code: 'upstream_timeout', withinMs: BUDGET_MS + 1_000, calls: 1, notBeforeMs: 2_900 },
  { what: 'stops within its body', acts: [writes(`${HEAD}content-length: 99\r\n\r\n{`)], status: 504, code: 'upstream_timeout', withinMs: BUDGET_MS + 1_000, calls: 1 },
  { what: 'says that an answer will come, again and again', acts: [drips('', 'HTTP/1.1 103 Early Hints\r\n\r\n')], status: 504, code: 'upstream_timeout', withinMs: BUDGET_MS + 1_000, calls: 1, notBeforeMs: 2_900 },

  // Too much.
  { what: 'answers with a header of 10 MB', acts: [writes(`${HEAD}x: ${'x'.repeat(10_000_000)}`)], status: 502, code: 'upstream_invalid_response', withinMs: AT_ONCE, calls: 1 },
  { what: 'answers with a body of 10 MB', acts: [writes(http(200, mintedBody({ padding: 'x'.repeat(10_000_000) })))], status: 502, code: 'upstream_invalid_response', withinMs: AT_ONCE, calls: 1 },
  { what: 'answers with a body that does not end', acts: [(socket) => { socket.write(CHUNKED); const chunk = `1000\r\n${' '.repeat(4_096)}\r\n`; const pour = () => { while (!socket.destroyed && socket.write(chunk)); }; socket.on('drain', pour); pour() }], status: 502, code: 'upstream_invalid_response', withinMs: AT_ONCE, calls: 1 },

  // No HTTP.
  { what: 'closes within a body that is shorter than it said', acts: [(socket) => socket.end(`${HEAD}connection: close\r\ncontent-length: 99\r\n\r\n{`), mints], status: 502, code: 'upstream_unreachable', withinMs: AT_ONCE, calls: 1 },
  { what: 'speaks another protocol', acts: [writes('SSH-2.0-OpenSSH_9.2\r\n')], status: 502, code: 'upstream_invalid_response', withinMs: AT_ONCE, calls: 1 },
  { what: 'answers twice', acts: [writes(http(200, mintedBody()) + http(500))], status: 200, withinMs: AT_ONCE, calls: 1 },
  { what: 'has two lengths', acts: [writes(`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`)], status: 502, code: 'upstream_unreachable', withinMs: AT_ONCE, calls: 1 },
  { what: 'has a length and chunks', acts: [writes(`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`)], status: 502, code: 'upstream_unreachable', withinMs: AT_ONCE, calls: 1 },
  { what: 'has a chunk of a size that is none', acts: [writes(`${CHUNKED}zz\r\n`)], status: 502, code: 'upstream_invalid_response', withinMs: AT_ONCE, calls: 1 },
]

/** An upstream that acts with each request as the row says, however the requests come. */
async function acting (t: Test, acts: Act[]) {
  const seen = { calls: 0 }
  const act: Act = (socket) => acts[Math.min(seen.calls++, acts.length - 1)]?.(socket)
  const { url } = await socketUpstream(t, (socket) => {
    act(socket)
    socket.on('data', () => act(socket))
  })
  return { url, seen }
}

/** One whose kernel has taken as many connections as it may and answers no further, as behind a firewall that drops. */
async function deafUpstream (t: Test): Promise<string> {
  const child = spawn(process.execPath, ['-e', 'const s = require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(s.address().port))'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data') as [Buffer]
  child.kill('SIGSTOP')
  const port = Number(line)
  const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  t.teardown(() => {
    for (const filler of fillers) filler.destroy()
    child.kill('SIGKILL')
  })
  await Promise.race(fillers.map((filler) => once(filler, 'connect')))
  return `http://127.0.0.1:${port}`
}

for (const { what, acts, status, code, withinMs, notBeforeMs = 0, calls, retryAfter } of rows) {
  t.test(`upstream ${what}: ${code ?? status} after ${calls === 1 ? 'one call' : `${calls} calls`}`, async (t) => {
    const { url, seen } = await acting(t, acts)
    const broker = await startBroker(t, { APIDECK_BASE_URL: url, UPSTREAM_TIMEOUT_MS: String(BUDGET_MS) })
    const since = performance.now()
    const answer = await broker.send()
    const ms = performance.now() - since
    t.match(answer, { status, json: code === undefined ? { session_token: TOKEN } : { code } })
    if (retryAfter !== undefined) t.equal(answer.headers['retry-after'], retryAfter)
    t.ok(ms >= notBeforeMs && ms < withinMs, `${Math.round(ms)} ms`)
    t.equal(seen.calls, calls)
    t.match(broker.log().find(({ msg }) => msg === 'request completed'), { status, upstream_calls: calls })
    t.notMatch(broker.output(), /internal error/)
  })
}

t.test('upstream cannot be connected to, for no answer comes: upstream_timeout after two attempts of two seconds', async (t) => {
  const url = await deafUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: url })
  const since = performance.now()
  t.match(await broker.send(), { status: 504, json: { code: 'upstream_timeout' } })
  const ms = performance.now() - since
  t.ok(ms > 3_900 && ms < 8_000, `${Math.round(ms)} ms`)
  t.match(broker.log().find(({ msg }) => msg === 'request completed'), { upstream_failure: 'UND_ERR_CONNECT_TIMEOUT', upstream_calls: 2 })
})

t.test('a call that waits for others and is then silent has one budget for both', async (t) => {
  const { url } = await acting(t, [(socket) => setTimeout(() => mints(socket), 400), isSilent])
  const broker = await startBroker(t, { APIDECK_BASE_URL: url, UPSTREAM_CONNECTIONS: '1', UPSTREAM_TIMEOUT_MS: '2000' })
  const since = performance.now()
  const [first, second] = await Promise.all([broker.send(), broker.send()])
  t.strictSame([first.status, second.status].sort(), [200, 504])
  const ms = performance.now() - since
  t.ok(ms > 1_900 && ms < 2_350, `${Math.round(ms)} ms`)
})

t.test('an upstream that fails is left alone, is asked again, and heals without a restart', async (t) => {
  const state = { isWell: false, calls: 0 }
  const { url } = await socketUpstream(t, (socket) => {
    const act = () => {
      state.calls++
      socket.write(state.isWell ? http(200, mintedBody()) : http(500))
    }
    act()
    socket.on('data', act)
  })
  const metrics = new Metrics()
  const broker = await startBroker(t, { APIDECK_BASE_URL: url, RATE_LIMIT_MAX: '1000000' }, { metrics })
  const ask = async () => (await broker.send()).json['code']
  for (let i = 0; i < 20; i++) t.equal(await ask(), 'upstream_error')
  t.match(await broker.send(), { status: 503, headers: { 'retry-after': '1' }, json: { code: 'overloaded' } })
  t.equal(state.calls, 20)
  t.match(await metrics.text(), /circuit_state\{state="closed"\} 0/)
  t.match(await broker.send({ method: 'GET', path: '/readyz' }), { status: 200 })

  state.isWell = true
  while (await ask() !== undefined);
  for (let i = 0; i < 30; i++) t.equal(await ask(), undefined)
  t.equal(state.calls, 51, 'nobody was let through before')
  t.match(await metrics.text(), /losses_total\{dependency="Apideck"\} 1\n[^]*circuit_state\{state="closed"\} 1/)
  t.match(broker.log().filter(({ dependency }) => dependency === 'Apideck'), [
    { level: 'error', msg: 'a dependency cannot be used', failure: 'status_500' },
    { level: 'info', msg: 'a dependency can be used again', lost_for_ms: Number },
  ])
  t.match(broker.log().find(({ overload }) => overload === 'circuit_open'), { level: 'warn', code: 'overloaded' })
})

t.test('an outage is not doubled: ten calls and a tenth go out twice, and then nobody calls any more', async (t) => {
  const { url, seen } = await acting(t, [closes])
  const broker = await startBroker(t, { APIDECK_BASE_URL: url, RATE_LIMIT_MAX: '1000000' })
  let asked = 0
  while (asked < 400 && (await broker.send()).json['code'] !== 'overloaded') asked++
  t.ok(seen.calls <= asked + 10 + asked / 10, `${seen.calls} calls for ${asked}`)
  t.equal(asked, 20, 'and then the circuit is open')
})

t.test('refused credentials wake somebody once, and heal without a restart', async (t) => {
  const { url } = await acting(t, [answers(401), answers(403), answers(401), mints])
  const broker = await startBroker(t, { APIDECK_BASE_URL: url })
  for (let i = 0; i < 3; i++) t.match(await broker.send(), { status: 502, json: { code: 'upstream_auth_failed' } })
  t.equal((await broker.send()).status, 200)
  t.match(broker.log().filter(({ dependency }) => dependency === 'Apideck credentials'), [
    { level: 'error', msg: 'a dependency cannot be used', failure: 'status_401' },
  ])
})
