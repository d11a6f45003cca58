import t from 'tap'
import { CANARY, leakIn } from '../../soak/canaries.js'
import { readAnswer } from '../../soak/load/answer.js'
import { createRandom } from '../../soak/random.js'
import { Tally } from '../../soak/tally.js'

t.test('an answer is read once it is whole, and what comes behind it is left', async (t) => {
  const text = 'HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}'
  for (let end = 0; end < text.length; end++) t.equal(readAnswer(text.slice(0, end)), undefined)
  t.match(readAnswer(`${text}rest`), { answer: { status: 200, body: '{}' }, rest: 'rest' })
  t.equal(readAnswer(text)?.answer.headers.get('x-a'), 'b')
  t.match(readAnswer('HTTP/1.1 204 No Content\r\n\r\n'), { answer: { status: 204, body: '' } })
  for (const none of ['HTTP/1.1 200 OK\r\n\r\n', 'SSH-2.0\r\ncontent-length: 0\r\n\r\n']) t.throws(() => readAnswer(none), TypeError)
})

t.test('a canary is found in whatever form', async (t) => {
  const jwt = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.x.y`
  const forms = [CANARY, CANARY.toUpperCase(), ...['', 'x', 'xy'].map((before) => Buffer.from(`${before}${CANARY}-key`).toString('base64')), jwt]
  for (const form of forms) t.ok(leakIn(`{"msg":"a line with ${form} in it"}`), form)
  t.equal(leakIn('{"msg":"request completed","session_sha256":"0123456789abcdef"}'), undefined)
})

t.test('chance has the same course with the same seed and name', async (t) => {
  const course = (seed: number, name: string) => {
    const random = createRandom(seed, name)
    return [random.next(), random.between(5, 6), random.chance(0.5), random.pick(['a', 'b', 'c'])]
  }
  t.strictSame(course(1, 'load'), course(1, 'load'))
  t.notMatch(course(1, 'load'), course(2, 'load'))
  t.notMatch(course(1, 'load'), course(1, 'other'))
})

t.test('a tally grows, and stays at its most', async (t) => {
  const tally = new Tally()
  t.equal(tally.add(1_000_000), 1)
  for (let i = 0; i < 300; i++) tally.add(3)
  t.strictSame([tally.of(3), tally.of(1_000_000), tally.of(4), tally.of(9_000_000)], [255, 1, 0, 0])
})
