import fc, { type Arbitrary } from 'fast-check'
import { VALUE } from './canaries.js'
import type { Ask, Expected, Setting } from './case.js'

const { constantFrom, integer, oneof, tuple } = fc

const INVALID: Expected = { is: 'refused', codes: ['invalid_request'] }
const LEFT: Expected = { ...INVALID, mayBeTakenForLeaving: true }
const OPEN: Expected = { is: 'open' }

const session = '{"theme":{"vault_name":"canary-v"}}'
const CL = `Content-Length: ${session.length}`
const chunk = `${session.length.toString(16)}\r\n${session}\r\n`

/** Lines that say how long the body is, wrongly, and what follows the head. */
const lengths: ReadonlyArray<readonly [lines: string, rest: string]> = [
  [`${CL}\r\nTransfer-Encoding: chunked`, `${chunk}0\r\n\r\n`], [`Transfer-Encoding: chunked\r\n${CL}`, `${chunk}0\r\n\r\n`], ['Transfer-Encoding: chunked\r\nContent-Length: 0', `${chunk}0\r\n\r\n`],
  [`${CL}\r\nContent-Length: 0`, session], [`Content-Length: 0\r\n${CL}`, session], [`${CL}\r\n${CL}`, session],
  [`Content-Length: +${session.length}`, session], ['Content-Length: -1', session], [`Content-Length: ${session.length}, ${session.length}`, session], ['Content-Length: 0x23', session], ['Content-Length: 3 5', session], ['Content-Length: 35a', session], ['Content-Length: 1e1', session], ['Content-Length: ', session], ['Content-Length: 99999999999999999999999', session],
  ['Transfer-Encoding: xchunked', `${chunk}0\r\n\r\n`], ['Transfer-Encoding: gzip', `${chunk}0\r\n\r\n`], ['Transfer-Encoding: chunked, gzip', `${chunk}0\r\n\r\n`], ['Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip', `${chunk}0\r\n\r\n`], ['Transfer-Encoding: chunked;a=b', `${chunk}0\r\n\r\n`],
  ['Transfer-Encoding: chunked', `zz\r\n${session}\r\n0\r\n\r\n`], ['Transfer-Encoding: chunked', `-1\r\n${session}\r\n0\r\n\r\n`], ['Transfer-Encoding: chunked', `0x5\r\n${session}\r\n0\r\n\r\n`], ['Transfer-Encoding: chunked', `fffffffffffffffff\r\n${session}`], ['Transfer-Encoding: chunked', `5\r\n${session}\r\n0\r\n\r\n`], ['Transfer-Encoding: chunked', '\r\n\r\n'], ['Transfer-Encoding: chunked', ` ${chunk}0\r\n\r\n`],
]

/** Lines that no head may have. */
const badLines = ['X: a\0b', 'X\0: a', 'X : a', ': a', 'X', ' X: a', 'X: a\r\n b', 'X: a\r\n\tb', 'X: a\rb', 'X: \x01', 'X: \x7f', 'X(: a', 'X@y: a', 'X\xff: a', 'X y: a', `X: ${VALUE.repeat(2_500)}`, Array.from({ length: 1_500 }, (_, i) => `x-header-${i}: ${VALUE}`).join('\r\n')]

const badRequestLines = ['', 'GET', 'GET  HTTP/1.1', 'POST /vault-session HTTP/9.9', 'POST /vault-session HTTP/1.1 x', 'POST /vault-session HTTP/1,1', 'POST /vault-session http/1.1', 'POST /vault-session HTTP/11', 'post /vault-session HTTP/1.1', 'FOO /vault-session HTTP/1.1', 'POST\t/vault-session HTTP/1.1', 'POST /vault-session\tHTTP/1.1', ' POST /vault-session HTTP/1.1', 'POST /a b HTTP/1.1', 'POST /\0 HTTP/1.1', '\x16\x03\x01\x02', 'POST vault-session HTTP/1.1', `POST /${'a'.repeat(17_000)} HTTP/1.1`]

/** Requests whose framing is broken: one refusal, and the connection closes. */
export function brokenFraming (setting: Setting): Arbitrary<Ask> {
  return constantFrom(...setting.credentials).chain((credential) => {
    const who = ['Content-Type: application/json', ...(setting.needsProof ? ['Sec-Fetch-Site: same-origin'] : []), ...credential]
    const head = [`Host: ${setting.host}`, ...who]
    const request = (lines: readonly string[], body = session, line = 'POST /vault-session HTTP/1.1') => `${line}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
    const whole = request([...head, CL])
    // Whole, and read by Node, but not by everybody alike.
    const notHttp = [
      ...[['Host: a', ...head], [...head, ...head], ['Host:', ...who], ['Host: a b', ...who], ['Host: a, b', ...who], who, [...head, ...Array.from({ length: 200 }, (_, i) => `x-${i}: ${VALUE}`)]].map((lines) => request([...lines, CL])),
      ...['CONNECT x:443 HTTP/1.1', 'PLAY / HTTP/1.1', 'POST http://other.example/vault-session HTTP/1.1', 'POST /vault-session#x HTTP/1.1', 'POST * HTTP/1.1'].map((line) => request(head.slice(0, 1), '', line)),
      whole.replace(' HTTP/1.1', ''), 'GET /\r\n\r\n',
    ]
    const odd = [
      `${whole}GET /livez`, `${whole}x`, `\r\n\r\n${whole}`, whole.replace('HTTP/1.1', 'HTTP/1.0'), 'GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n', request(head.slice(0, 1), '', 'SETUP / RTSP/1.0'),
      ...['Connection: upgrade\r\nUpgrade: websocket', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA', 'Connection: close, keep-alive'].map((line) => request([...head, line, CL])),
    ]
    return oneof(
      { weight: 6, arbitrary: constantFrom(...lengths).map(([lines, rest]) => ask('length', request([...head, lines], rest), INVALID)) },
      { weight: 5, arbitrary: tuple(constantFrom(...badLines), constantFrom(0, 1, 2)).map(([line, at]) => ask('head', request([...head.slice(0, at), line, ...head.slice(at), CL]), at === 0 && /^[ \t]/.test(line) ? OPEN : INVALID)) },
      { weight: 4, arbitrary: constantFrom(...badRequestLines).map((line) => ask('request line', request([...head, CL], session, line), line === '' ? OPEN : INVALID)) },
      { weight: 1, arbitrary: constantFrom(...['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\0', 'x', '\r\nx\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n']).map((bytes) => ask('preface', bytes, INVALID)) },
      { weight: 1, arbitrary: constantFrom(request([...head, CL], session.slice(0, -1)), request([...head, CL], ''), request([...head, 'Transfer-Encoding: chunked'], chunk), request([...head, 'Transfer-Encoding: chunked'], '5\r\nab'), whole.slice(0, -session.length - 9), whole.slice(0, Math.floor(whole.length * 0.4)), 'POST /vault-session HTTP/1.1\r\nHo', 'P').map((bytes) => ask('cut short', bytes, LEFT)) },
      { weight: 1, arbitrary: constantFrom(whole.replaceAll('\r\n', '\n'), whole.replace('\r\n\r\n', '\n\n'), whole.replace('\r\n\r\n', '\r\n\n'), whole.replace('\r\n', '\n')).map((bytes) => ask('bare LF', bytes, INVALID)) },
      { weight: 2, arbitrary: constantFrom(...notHttp).map((bytes) => ask('not HTTP/1.1', bytes, INVALID)) },
      { weight: 1, arbitrary: constantFrom(...odd).map((bytes) => ask('odd', bytes, OPEN)) },
      { weight: 4, arbitrary: tuple(integer({ min: 0, max: whole.length - 1 }), constantFrom('', '\0', ' ', '\r', '\n', '\r\n', ':', '0', 'x', '\xff', '\t', ','), constantFrom(0, 1, 2, 9)).map(([at, bytes, cut]) => ask('mutation', whole.slice(0, at) + bytes + whole.slice(at + cut), OPEN)) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => ask('noise', Buffer.from(bytes).toString('latin1'), OPEN)) }
    )
  })
}

const ask = (kind: string, bytes: string, expected: Expected): Ask => ({ kind, bytes, expected, shape: 'any', isHead: false })
