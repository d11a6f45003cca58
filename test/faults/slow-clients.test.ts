import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startBroker } from '../helpers/broker.js'
import { httpUpstream, mintedBody } from '../helpers/upstream.js'
import { answersIn, closed, dial } from '../helpers/wire.js'

/*
 * Clients that take their time, to send or to read. Each is cut within ten seconds, told so where it may still hear it,
 * and nobody else waits for it.
 */

const CUT_WITHIN_MS = 10_000

const POST = 'POST /vault-session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
const GET = 'GET /livez HTTP/1.1\r\nHost: x\r\n'
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`

interface Row {
  what: string
  /** What it sends at once, and then again and again. */
  first: string
  drip?: string
  everyMs?: number
  statuses: number[]
  detail?: RegExp
}

const tooLong = /took too long/
const rows: Row[] = [
  { what: 'says nothing', first: '', statuses: [] },
  { what: 'stops in its first line', first: 'POST /vau', statuses: [400], detail: tooLong },
  { what: 'drips its first line', first: 'POST /', drip: 'a', statuses: [400], detail: tooLong },
  { what: 'drips empty lines', first: '', drip: '\r\n', statuses: [400], detail: tooLong },
  { what: 'drips a header', first: `${POST}X: `, drip: 'x', statuses: [400], detail: tooLong },
  { what: 'drips headers', first: POST, drip: 'X: x\r\n', statuses: [400], detail: tooLong },
  { what: 'stops in its body', first: `${POST}Content-Length: 9\r\n\r\n{`, statuses: [400], detail: tooLong },
  { what: 'drips its body', first: `${POST}Content-Length: 9000\r\n\r\n{`, drip: ' ', statuses: [400], detail: tooLong },
  { what: 'drips chunks', first: CHUNKED, drip: '1\r\n \r\n', statuses: [400], detail: tooLong },
  { what: 'drips the size of a chunk', first: CHUNKED, drip: '0', statuses: [400], detail: tooLong },
  { what: 'drips a chunk extension', first: `${CHUNKED}2;`, drip: 'x', statuses: [400], detail: tooLong },
  { what: 'drips trailers', first: `${CHUNKED}2\r\n{}\r\n0\r\n`, drip: 'x: y\r\n', statuses: [400], detail: tooLong },
  { what: 'drips a second request', first: `${GET}\r\n${POST}X: `, drip: 'x', statuses: [200, 400], detail: tooLong },
  { what: 'drips the body of a second request', first: `${GET}\r\n${POST}Content-Length: 9000\r\n\r\n{`, drip: ' ', statuses: [200, 400], detail: tooLong },
  { what: 'drips empty lines behind a request', first: `${GET}\r\n`, drip: '\r\n', statuses: [200] },
  { what: 'drips a body that nobody waits for', first: `${GET}Content-Length: 9000\r\n\r\n`, drip: ' ', statuses: [200] },
  { what: 'goes on with a body that was refused', first: `${POST}X-Apideck-Consumer-Id: globex\r\nContent-Length: 9000\r\n\r\n`, drip: ' ', statuses: [403] },
  { what: 'goes on with a body that is too large, as fast as it can', first: `${POST}Content-Length: 99999999999\r\n\r\n`, drip: ' '.repeat(65_536), everyMs: 1, statuses: [413] },
]

/** A client that does as its row says, from its connection to its end. */
async function play (url: string, { first, drip, everyMs = 400 }: Row) {
  const started = performance.now()
  const socket = dial(url)
  const chunks: string[] = []
  socket.setEncoding('latin1').on('data', (chunk: string) => chunks.push(chunk))
  if (first !== '') socket.write(first)
  const dripping = drip === undefined ? undefined : setInterval(() => socket.writable && !socket.writableNeedDrain && socket.write(drip), everyMs)
  const giveUp = setTimeout(() => socket.destroy(), CUT_WITHIN_MS)
  await closed(socket)
  clearInterval(dripping)
  clearTimeout(giveUp)
  return { ms: performance.now() - started, received: chunks.join('') }
}

const { url: upstreamUrl } = await httpUpstream(t, (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(mintedBody({ session_uri: `https://vault.apideck.com/session/${'x'.repeat(30_000)}` }))
})
const start = (t: Test) => startBroker(t, { APIDECK_BASE_URL: upstreamUrl, RATE_LIMIT_MAX: '100000' })
const broker = await start(t)

const played = rows.map((row) => ({ ...row, played: play(broker.url, row) }))
for (const { what, statuses, detail, played: playing } of played) {
  t.test(`a client that ${what} is cut within ten seconds`, async (t) => {
    const { ms, received } = await playing
    t.ok(ms < CUT_WITHIN_MS, `after ${Math.round(ms)} ms`)
    t.ok(ms > 4_000, 'not before its time')
    const answers = answersIn(received)
    t.strictSame(answers.map(({ status }) => status), statuses)
    if (detail !== undefined) t.match(JSON.parse(answers.at(-1)?.body ?? ''), { code: 'invalid_request', detail })
  })
}

t.test('of a client that says nothing nothing is said, and of each other one line', async (t) => {
  await Promise.all(played.map(({ played }) => played))
  const lines = broker.log().filter(({ msg }) => /^request /.test(String(msg)))
  t.equal(lines.length, rows.flatMap(({ statuses }) => statuses).length)
  t.equal(new Set(lines.map((line) => line['request_id'])).size, lines.length)
  t.equal(lines.filter(({ failure }) => failure === 'ERR_HTTP_REQUEST_TIMEOUT').length, rows.filter(({ detail }) => detail === tooLong).length)
})

/** The server's side of the next connection. */
async function nextConnection (t: Test) {
  const broker = await start(t)
  const accepted = once(broker.app.server, 'connection')
  const client = dial(broker.url)
  t.teardown(() => client.destroy())
  const [socket] = await accepted as [Socket]
  return { broker, client, socket }
}

t.test('a client that does not read its answers is cut within ten seconds', async (t) => {
  const { broker, client, socket } = await nextConnection(t)
  let answered = 0
  broker.app.server.on('request', (_request, response) => response.once('finish', () => { answered += 1 }))
  client.pause()
  let moved = { bytes: 0, at: performance.now() }
  for (let asked = 0; !socket.closed && performance.now() - moved.at < 2 * CUT_WITHIN_MS;) {
    if (asked === answered) {
      asked += 1
      client.write(`${POST}Accept: text/html\r\nContent-Length: 0\r\n\r\n`)
    }
    await wait(1)
    const bytes = socket.bytesWritten - socket.writableLength
    if (!socket.closed && bytes !== moved.bytes) moved = { bytes, at: performance.now() }
  }
  t.ok(socket.closed)
  const ms = performance.now() - moved.at
  t.ok(ms < CUT_WITHIN_MS, `after ${Math.round(ms)} ms, and ${answered} answers that it did not read`)
  t.ok(ms > 4_000, 'not before its time')
})

t.test('a client that sends more requests in a row than are taken, and reads none of their answers, is cut at once', async (t) => {
  const { client, socket } = await nextConnection(t)
  const started = performance.now()
  client.pause().write(`${GET}\r\n`.repeat(1_000))
  await closed(socket)
  t.ok(performance.now() - started < CUT_WITHIN_MS)
})

t.test('a connection that is idle between two requests stays, for longer than gateways keep theirs', async (t) => {
  const { client, socket } = await nextConnection(t)
  client.write(`${GET}\r\n`)
  const [answer] = await once(client, 'data') as [Buffer]
  t.match(answer.toString().toLowerCase(), /\r\nkeep-alive: timeout=72\r\n/)
  await wait(CUT_WITHIN_MS)
  t.notOk(socket.destroyed)
  client.write(`${GET}\r\n`)
  t.match(String((await once(client, 'data'))[0]), /^HTTP\/1\.1 200 /)
})

t.test('three hundred of them at once delay nobody else', async (t) => {
  const broker = await start(t)
  const kinds = rows.filter(({ everyMs }) => everyMs === undefined)

  /** How long each of these took, one behind the other. */
  async function times (count: number): Promise<number[]> {
    const taken: number[] = []
    for (let i = 0; i < count; i++) {
      const started = performance.now()
      t.equal((await broker.postJson({})).status, 200)
      taken.push(performance.now() - started)
    }
    return taken.sort((a, b) => a - b)
  }
  const median = (sorted: number[]) => sorted[Math.floor(sorted.length / 2)] ?? NaN

  const control = await times(60)
  const opened: Socket[] = []
  broker.app.server.on('connection', (socket) => opened.push(socket))
  const slow = Array.from({ length: 300 }, (_, i) => play(broker.url, kinds[i % kinds.length] as Row))
  while (opened.length < 300) await wait(10)
  const beside = await times(60)
  t.comment(`median of a session: ${median(control).toFixed(1)} ms alone, ${median(beside).toFixed(1)} ms beside 300; slowest ${beside.at(-1)?.toFixed(1)} ms`)
  t.ok(median(beside) < median(control) + 100, 'at the median')
  t.ok((beside.at(-1) ?? NaN) < 2_000, 'and at the worst')

  const longest = Math.max(...(await Promise.all(slow)).map(({ ms }) => ms))
  t.ok(longest < CUT_WITHIN_MS, `the last is cut after ${Math.round(longest)} ms`)
})

t.test('as many connections as there may be keep nobody out: those longest without a request make room', async (t) => {
  const broker = await start(t)
  const clients = Array.from({ length: 850 }, () => dial(broker.url).resume())
  t.teardown(() => clients.forEach((client) => client.destroy()))
  await Promise.all(clients.slice(0, 50).map(closed))
  t.equal((await broker.postJson({})).status, 200)
  t.ok(clients.filter((client) => !client.closed).length >= 799)

  for (const client of clients) client.destroy()
  const said = () => broker.log().filter(({ msg }) => /connections/.test(String(msg)))
  while (said().length < 2) await broker.nextLine()
  t.match(said(), [{ level: 'warn', connections: 800 }, { level: 'info', closed: 51 }])
  t.equal(said().length, 2, 'said once for each change')
})
