import t, { type Test } from 'tap'
import { startBroker } from '../helpers/broker.js'
import { httpUpstream } from '../helpers/upstream.js'
import { answersIn, dial, exchange, isRequestLine, linesAbout, readToEnd, type WireAnswer } from '../helpers/wire.js'

/*
 * Requests that two programs might read in two ways, and those that are none. What is refused gets one answer in the
 * shape of every error, its connection closes, and nothing goes upstream; what HTTP allows works.
 */

const upstream = await httpUpstream(t)
const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, RATE_LIMIT_MAX: '100000' })

const POST = 'POST /vault-session HTTP/1.1\r\nHost: x\r\n'
const GET = 'GET /livez HTTP/1.1\r\nHost: x\r\n'
const JSON_TYPE = 'Content-Type: application/json\r\n'
const CHUNKS = '2\r\n{}\r\n0\r\n\r\n'

/** Requests for a session with this in their headers or their body. */
const coded = (coding: string, body = CHUNKS) => `${POST}${JSON_TYPE}Transfer-Encoding: ${coding}\r\n\r\n${body}`
const chunked = (body: string) => coded('chunked', body)
const sized = (length: string) => `${POST}${JSON_TYPE}Content-Length: ${length}\r\n\r\n{}`
const withHeader = (line: string) => `${GET}${line}\r\n\r\n`
const target = (target: string, method = 'GET') => `${method} ${target} HTTP/1.1\r\nHost: x\r\n\r\n`
const hosted = (...hosts: string[]) => `GET /livez HTTP/1.1\r\n${hosts.map((host) => `Host: ${host}\r\n`).join('')}\r\n`

const malformed = /not well-formed HTTP/
const coding = /Transfer-Encoding|not well-formed/
const tooLarge = /too large|too many/
const host = /Host/
const targets = /target|not well-formed/
const version = /not (?:well-formed )?HTTP\/1\.1/

const refused: Array<[what: string, bytes: string, detail: RegExp]> = [
  // Two ways to tell where a body ends.
  ['CL.TE', `${POST}${JSON_TYPE}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`, malformed],
  ['TE.CL', `${POST}${JSON_TYPE}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n${CHUNKS}`, malformed],
  ['TE.CL with a request behind it', `${POST}${JSON_TYPE}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n2\r\n{}\r\n0\r\n\r\n${GET}\r\n`, malformed],
  ['TE.TE', `${POST}${JSON_TYPE}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`, coding],
  ['TE.TE, the second unknown', `${POST}${JSON_TYPE}Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n\r\n${CHUNKS}`, coding],
  ['TE.TE, the first unknown', `${POST}${JSON_TYPE}Transfer-Encoding: cow\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`, coding],
  ...['xchunked', 'chunked, identity', 'identity', 'identity, chunked', 'gzip, chunked', 'chunked, chunked', 'chunked;q=1', '"chunked"', '\x0bchunked', 'chun\tked', 'chunked,', ''].map((value): [string, string, RegExp] =>
    [`Transfer-Encoding: ${JSON.stringify(value)}`, coded(value), coding]),
  ['Transfer-Encoding with a space before its colon', `${POST}${JSON_TYPE}Transfer-Encoding : chunked\r\n\r\n${CHUNKS}`, malformed],
  ['Transfer-Encoding behind a space', `${POST}${JSON_TYPE} Transfer-Encoding: chunked\r\n\r\n${CHUNKS}`, malformed],
  ['Transfer-Encoding folded', coded('\r\n chunked'), malformed],
  ['chunks in HTTP/1.0', chunked(CHUNKS).replace('HTTP/1.1', 'HTTP/1.0'), coding],

  // Lengths.
  ['a length twice', `${POST}${JSON_TYPE}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`, malformed],
  ['two lengths', `${POST}${JSON_TYPE}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, malformed],
  ...['2, 2', '+2', '-1', '-0', '0x2', '1 1', '2.0', '2e0', '2;', '', '99999999999999999999', '18446744073709551618'].map((value): [string, string, RegExp] =>
    [`Content-Length: ${JSON.stringify(value)}`, sized(value), malformed]),

  // Chunks.
  ...['zz\r\n', '-1\r\n{}\r\n0\r\n\r\n', '0x2\r\n{}\r\n0\r\n\r\n', '+2\r\n{}\r\n0\r\n\r\n', ' 2\r\n{}\r\n0\r\n\r\n', '2 \r\n{}\r\n0\r\n\r\n', '\r\n{}\r\n0\r\n\r\n', 'ffffffffffffffffff\r\n{}\r\n0\r\n\r\n', '10000000000000002\r\n{}\r\n0\r\n\r\n',
    '2\n{}\n0\n\n', '2\n{}\r\n0\r\n\r\n', '2\r\n{}\n0\r\n\r\n', '2;a\n{}\r\n0\r\n\r\n', '2\r{}\r\n0\r\n\r\n', '2\r\n{}0\r\n\r\n', '2\r\n{}xx0\r\n\r\n', '1\r\n{}\r\n0\r\n\r\n'].map((body): [string, string, RegExp] =>
    [`chunks: ${JSON.stringify(body)}`, chunked(body), malformed]),
  ['a chunk extension of 20 KiB', chunked(`2;a=${'x'.repeat(20_480)}\r\n{}\r\n0\r\n\r\n`), /extensions/],
  ['10,000 chunk extensions', chunked(`2;${'a=b;'.repeat(10_000)}c\r\n{}\r\n0\r\n\r\n`), /extensions/],
  ...['Content-Length: 5', 'Transfer-Encoding: chunked', 'X : y', ' X: y', 'X: a\0b', 'X'].map((trailer): [string, string, RegExp] =>
    [`the trailer ${JSON.stringify(trailer)}`, chunked(`2\r\n{}\r\n0\r\n${trailer}\r\n\r\n`), malformed]),
  ['a trailer behind a bare LF', chunked('2\r\n{}\r\n0\r\nX: y\n\n'), malformed],
  ['trailers of 20 KiB', chunked(`2\r\n{}\r\n0\r\nX: ${'y'.repeat(20_480)}\r\n\r\n`), tooLarge],

  // Lines and the characters in them.
  ['a folded header', withHeader('X: a\r\n b'), malformed],
  ['a fold before the first header', 'GET /livez HTTP/1.1\r\n Host: x\r\n\r\n', malformed],
  ['lines that end in LF', 'GET /livez HTTP/1.1\nHost: x\n\n', malformed],
  ['a request line that ends in LF', 'GET /livez HTTP/1.1\nHost: x\r\n\r\n', malformed],
  ['a header that ends in LF', 'GET /livez HTTP/1.1\r\nHost: x\nX: a\r\n\r\n', malformed],
  ['headers that end in LF', `${GET.slice(0, -2)}\n\n`, malformed],
  ['lines that end in CR', 'GET /livez HTTP/1.1\rHost: x\r\r', malformed],
  ['a header that ends in CR', 'GET /livez HTTP/1.1\r\nHost: x\rX: a\r\n\r\n', malformed],
  ...['X: a\rb', 'X\0: a', 'X: a\0b', 'X: a\x01b', 'X: a\x7fb', 'X : a', 'X\t: a', 'X Y: a', ': a', 'abc', 'X(: a', '\xe9: a'].map((line): [string, string, RegExp] =>
    [`the header line ${JSON.stringify(line)}`, withHeader(line), malformed]),

  // Whom it is for.
  ['no Host', 'POST /vault-session HTTP/1.1\r\nContent-Length: 0\r\n\r\n', host],
  ['two hosts', hosted('x', 'y'), host],
  ['the same Host twice', hosted('x', 'x'), host],
  ['two hosts around a header', 'GET /livez HTTP/1.1\r\nHost: x\r\nX: a\r\nhOsT: y\r\n\r\n', host],
  ['two hosts for a session', `${POST}Host: y\r\nContent-Length: 0\r\n\r\n`, host],
  ...['', 'a,b', 'a b', 'u@h', 'a/b', 'a:b', '[::1', 'a?b', 'a\\b', '\xe9', 'https://x'].map((value): [string, string, RegExp] => [`Host: ${JSON.stringify(value)}`, hosted(value), host]),
  ...['http://y/livez', 'http://x:81/livez', 'http://u@x/livez', 'ftp://x/livez', 'http:///livez', '*', '/livez#a', 'x:80', 'livez', '/li\0vez', '/liv\xe9z', ''].map((url): [string, string, RegExp] =>
    [`the target ${JSON.stringify(url)}`, target(url), targets]),
  ['an authority for CONNECT', target('x:80', 'CONNECT'), /method/],
  ['a path for CONNECT', target('/vault-session', 'CONNECT'), /method/],

  // What it is.
  ...['FOO', 'get', 'GET1', 'G\0T'].map((method): [string, string, RegExp] => [`the method ${JSON.stringify(method)}`, target('/livez', method), malformed]),
  ['a method of RTSP', 'SETUP rtsp://x/livez RTSP/1.0\r\nHost: x\r\n\r\n', /method/],
  ['HTTP/0.9', 'GET /livez\r\n\r\n', version],
  ...['HTTP/0.9', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/3', 'HTTP/11', 'HTTP/1.1 ', 'http/1.1', 'XTTP/1.1'].map((name): [string, string, RegExp] =>
    [`the version ${JSON.stringify(name)}`, `GET /livez ${name}\r\nHost: x\r\n\r\n`, version]),
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', malformed],
  ['a TLS greeting', `\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03${'\xaa'.repeat(200)}`, malformed],
  ['a PROXY line', `PROXY TCP4 203.0.113.7 127.0.0.1 1 2\r\n${GET}\r\n`, malformed],
  ['no HTTP', 'hello\r\n\r\n', malformed],

  // How much it is.
  ['a header of 20 KiB', withHeader(`X: ${'x'.repeat(20_480)}`), tooLarge],
  ['headers of 2 MiB', withHeader(`X: ${'x'.repeat(2_097_152)}`), tooLarge],
  ['101 headers', `${GET}${'a: b\r\n'.repeat(100)}\r\n`, tooLarge],
  ['4,000 headers in 16 KiB', `${GET}${'a:\r\n'.repeat(4_000)}\r\n`, tooLarge],
  ['a URL of 20 KiB', target(`/${'a'.repeat(20_480)}`), tooLarge],
]

/** Holds one refusal to what every error is. */
function isRefusal (t: Test, answer: WireAnswer | undefined, detail: RegExp): void {
  t.match(answer, {
    status: 400,
    headers: {
      connection: 'close',
      'content-type': /^application\/problem\+json/,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': /^default-src 'none'/,
      vary: /Accept/,
      'x-request-id': /^[\w-]{36}$/,
    },
  })
  const problem = JSON.parse(answer?.body ?? '') as Record<string, unknown>
  t.match(problem, { status: 400, code: 'invalid_request', detail, request_id: answer?.headers['x-request-id'] })
}

for (const [what, bytes, detail] of refused) {
  t.test(`refused: ${what}`, async (t) => {
    const [before, calls] = [broker.log().length, upstream.received.length]
    const answers = await exchange(broker.url, bytes)
    t.equal(answers.length, 1, 'one answer')
    isRefusal(t, answers[0], detail)

    const about = await linesAbout(broker, answers[0]?.headers['x-request-id'])
    const since = broker.log().slice(before)
    t.strictSame(since.filter(({ msg }) => isRequestLine(msg)).length, 1, 'one line')
    t.match(about.find(({ msg }) => isRequestLine(msg)), { level: /info|debug/, status: 400, code: 'invalid_request', address: '127.0.0.1' })
    const audited = since.filter(({ msg }) => msg === 'audit')
    t.ok(audited.length <= 1, 'one event at most')
    for (const event of audited) t.match(event, { event: 'session_refused', status: 400, request_id: about[0]?.['request_id'] })
    t.notMatch(JSON.stringify([answers, since]), /"stack"|\bat \S+ \(|node:|node_modules/, 'no stack')
    t.equal(upstream.received.length, calls, 'nothing upstream')
  })
}

const CLOSE = 'Connection: close\r\n'
const taken: Array<[what: string, bytes: string, statuses: number[], calls: number]> = [
  ['chunks', chunked(CHUNKS), [200], 1],
  ['chunks in capitals', coded('CHUNKED'), [200], 1],
  ['chunks behind a tab', coded('\tchunked'), [200], 1],
  ['chunks with white space behind', coded('chunked  '), [200], 1],
  ['chunks with extensions', chunked('2;a=b;c="d e"\r\n{}\r\n0;e\r\n\r\n'), [200], 1],
  ['a chunk size with zeros before it', chunked('0002\r\n{}\r\n0\r\n\r\n'), [200], 1],
  ['a chunk for each byte', chunked(`${'1\r\n \r\n'.repeat(4_000)}${CHUNKS}`), [200], 1],
  ['a trailer', chunked('2\r\n{}\r\n0\r\nX: y\r\n\r\n'), [200], 1],
  ['trailers that would mean something as headers', chunked('2\r\n{}\r\n0\r\nHost: evil\r\nAuthorization: Bearer x\r\nX-Apideck-Consumer-Id: globex\r\n\r\n'), [200], 1],
  ['another header that looks like Transfer-Encoding', `${POST}${JSON_TYPE}Transfer_Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}`, [200], 1],
  ['a length with zeros before it', sized('0002'), [200], 1],
  ['a length in white space', sized('\t2  '), [200], 1],
  ['empty lines before a request', `\r\n\r\n${GET}\r\n`, [200], 0],
  ['bytes beyond ASCII in a header', withHeader('X: \xe9'), [200], 0],
  ['100 headers', `${GET}${'a: b\r\n'.repeat(97)}\r\n`, [200], 0],
  ['a URL of 15 KiB', target(`/${'a'.repeat(15_360)}`), [404], 0],
  ['a URL at its host', target('http://X/livez'), [200], 0],
  ['a URL at its host, for a session', 'POST http://x/vault-session HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n', [200], 1],
  ['two slashes, which name no host', target('//x/livez'), [404], 0],
  ['an asterisk for OPTIONS', target('*', 'OPTIONS'), [404], 0],
  ['TRACE', target('/livez', 'TRACE'), [405], 0],
  ['a method of WebDAV', target('/livez', 'PROPFIND'), [405], 0],
  ['a body for GET', `${GET}Content-Length: 5\r\n\r\nhello`, [200], 0],
  ['an expectation of 100', `${POST}${JSON_TYPE}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`, [100, 200], 1],
  ['an expectation of 100 without a body', withHeader('Expect: 100-continue'), [100, 200], 0],
  ['an expectation that nobody knows', withHeader('Expect: a-miracle'), [200], 0],
  ['a request behind a body', `${sized('2')}${GET}\r\n`, [200, 200], 1],
]

for (const [what, bytes, statuses, calls] of taken) {
  t.test(`taken: ${what}`, async (t) => {
    const before = upstream.received.length
    // A second request says that the first was read to its end and no further.
    const answers = await exchange(broker.url, `${bytes}GET /readyz HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`)
    t.strictSame(answers.map(({ status }) => status), [...statuses, 200])
    for (const { status, headers } of answers) if (status !== 100) t.match(headers, { 'cache-control': 'no-store', 'x-request-id': String })
    t.strictSame(upstream.received.slice(before).map(({ body }) => body), Array(calls).fill('{}'))
  })
}

/** What is taken, and the last that is of its connection: Node passes over what comes behind it. */
const last: typeof taken = [
  ['an upgrade to HTTP/2, passed over', `${GET}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`, [200], 0],
  ['an upgrade to HTTP/2 with a body, passed over', `${POST}${JSON_TYPE}Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}`, [200], 1],
  ['an upgrade to WebSocket, passed over', `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`, [200], 0],
  ['HTTP/1.0 without Host', 'GET /livez HTTP/1.0\r\n\r\n', [200], 0],
]

for (const [what, bytes, statuses, calls] of last) {
  t.test(`taken, and the last of its connection: ${what}`, async (t) => {
    const before = upstream.received.length
    const answers = await exchange(broker.url, `${bytes}${GET}\r\n`)
    t.match(answers, statuses.map((status) => ({ status, headers: { connection: 'close' } })))
    t.equal(answers.length, statuses.length)
    t.equal(upstream.received.length, before + calls)
  })
}

for (const [what, bytes, statuses] of [
  ['garbage', `${sized('2')}garbage\r\n\r\n`, [200]],
  ['a smuggled request that says to close, and garbage', `${sized('2')}${GET}${CLOSE}\r\ngarbage`, [200, 200]],
  ['a request with two hosts', `${sized('2')}${hosted('x', 'y')}`, [200, 400]],
  ['a request whose chunks break off', `${sized('2')}${chunked('zz\r\n')}`, [200, 400]],
  ['CONNECT', `${sized('2')}${target('x:80', 'CONNECT')}`, [200]],
  ['a method of RTSP', `${sized('2')}SETUP rtsp://x/livez RTSP/1.0\r\n\r\n`, [200]],
  ['more requests in a row than are taken', `${sized('2')}${`${GET}\r\n`.repeat(100)}`, Array(16).fill(200)],
] as const) {
  t.test(`behind a whole request, ${what}: each answer belongs to its request, and the connection closes`, async (t) => {
    const before = upstream.received.length
    const answers = await exchange(broker.url, bytes)
    t.strictSame(answers.map(({ status }) => status), statuses)
    t.match(answers[0]?.body, /"session_uri"/)
    t.equal(answers.at(-1)?.headers['connection'], 'close')
    t.equal(upstream.received.length, before + 1)
    for (const { headers, status } of answers) t.match((await linesAbout(broker, headers['x-request-id'])).filter(({ msg }) => isRequestLine(msg)), [{ status }])
  })
}

t.test('a refusal arrives even at a client that reads it only once it has sent everything', async (t) => {
  const socket = dial(broker.url).pause()
  await new Promise<void>((resolve) => socket.write(withHeader(`X: ${'x'.repeat(8_388_608)}`), () => resolve()))
  t.match(answersIn(await readToEnd(socket)), [{ status: 400, body: tooLarge }])
})
