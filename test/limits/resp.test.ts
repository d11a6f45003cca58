import fc from 'fast-check'
import t from 'tap'
import { encodeCommand, NO_PASSWORD, ReplyReader, type Reply } from '../../src/limits/resp.js'

/** What is read of a text that comes in pieces. */
function read (pieces: string[]): Reply[] {
  const reader = new ReplyReader()
  const replies: Reply[] = []
  for (const piece of pieces) {
    reader.add(Buffer.from(piece, 'latin1'))
    for (let reply = reader.next(); reply !== undefined; reply = reader.next()) {
      replies.push(reply)
      if ('fault' in reply) return replies
    }
  }
  return replies
}

t.test('a command is an array of strings, measured in bytes', async (t) => {
  t.equal(encodeCommand(['AUTH', 'päss']), '*2\r\n$4\r\nAUTH\r\n$5\r\npäss\r\n')
})

for (const [text, reply] of [
  ['+OK\r\n', { status: 'OK' }],
  ['*3\r\n:1\r\n:60000\r\n:7\r\n', { numbers: [1, 60_000, 7] }],
  ['*3\r\n:0\r\n:0\r\n:999999999999999\r\n', { numbers: [0, 0, 999_999_999_999_999] }],
  ['-NOAUTH Authentication required.\r\n', { error: 'NOAUTH' }],
  ["-OOM command not allowed when used memory > 'maxmemory'.\r\n", { error: 'OOM' }],
  ['-LOADING\r\n', { error: 'LOADING' }],
  ['-ERR AUTH <password> called without any password configured for the default user. Are you sure?\r\n', { error: NO_PASSWORD }],
  ['-HUNTER2 is a word of its own\r\n', { error: 'failed' }],
  ['-PASSWORD is one too\r\n', { error: 'failed' }],
  ['-\r\n', { error: 'failed' }],
] as const) {
  t.test(`${JSON.stringify(text)} is an answer, however it is cut`, async (t) => {
    t.strictSame(read([text]), [reply])
    t.strictSame(read([...text]), [reply])
    t.strictSame(read([text + text.slice(0, -1), '\n']), [reply, reply], 'and where the next comes along')
    t.strictSame(read([text.slice(0, -1)]), [], 'it is none before it is there as a whole')
  })
}

for (const [text, fault] of [
  ['H', 'not_redis'],
  ['\x15', 'not_redis'],
  ['\r', 'not_redis'],
  ['$', 'not_counts'],
  [':', 'not_counts'],
  ['_', 'not_counts'],
  ['>', 'not_counts'],
  ['*2', 'not_counts'],
  ['*3\n', 'not_counts'],
  ['*3\r\n:-', 'not_counts'],
  ['*3\r\n:\r', 'not_counts'],
  ['*3\r\n:1.', 'not_counts'],
  ['*3\r\n:1000000000000000', 'not_counts'],
  ['*3\r\n$', 'not_counts'],
  ['*3\r\n*', 'not_counts'],
] as const) {
  t.test(`${JSON.stringify(text)} is a fault with its last byte, and not before`, async (t) => {
    t.strictSame(read([text]), [{ fault }])
    t.strictSame(read([...text]), [{ fault }])
    t.strictSame(read([text.slice(0, -1)]), [])
  })
}

t.test('a line has an end', async (t) => {
  t.match(read([`-${'a'.repeat(1_024)}\r\n`]), [{ error: 'failed' }])
  t.match(read([`-${'a'.repeat(1_025)}`]), [{ fault: 'not_redis' }])
  t.match(read([`+${'a'.repeat(1_000_000)}`]), [{ fault: 'not_redis' }])
})

t.test('any bytes, cut anywhere, are answers, a fault, or not there yet; and the same however they are cut', async () => {
  const parts = fc.constantFrom('+OK\r\n', '-ERR x\r\n', '*3\r\n', ':1\r\n', ':', '*', '\r', '\n', '$5\r\nhello\r\n', '9')
  const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) })
  fc.assert(fc.property(fc.array(fc.oneof(parts, bytes)), (pieces) => {
    const [cut, whole] = [read(pieces), read([pieces.join('')])]
    return JSON.stringify(cut) === JSON.stringify(whole)
  }))
})
