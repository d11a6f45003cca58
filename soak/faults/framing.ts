/** Bytes that are no request, or could be read as two. None may be answered with a session, and each ends its connection. */
const head = 'POST /vault-session HTTP/1.1\r\nHost: broker.soak.example\r\nContent-Type: application/json\r\nX-Canary: canary-header\r\n'

export const brokenFraming: ReadonlyArray<readonly [what: string, bytes: string]> = [
  ['a length and chunks', `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n`],
  ['chunks, then something else', `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
  ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}`],
  ['a signed length', `${head}Content-Length: +2\r\n\r\n{}`],
  ['a folded header', `${head}X-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\n{}`],
  ['bare line feeds', `${head.replaceAll('\r\n', '\n')}Content-Length: 2\n\n{}`],
  ['a NUL', `${head}X-Nul: a\0b\r\nContent-Length: 2\r\n\r\n{}`],
  ['a chunk of no size', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
  ['a space before the colon', `${head}Content-Length : 2\r\n\r\n{}`],
  ['no Host', 'POST /vault-session HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'],
  ['headers of 100 KiB', `${head}${'X-Bomb: canary-header\r\n'.repeat(4_500)}\r\n`],
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS hello', '\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03canary'],
]
