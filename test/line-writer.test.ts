import t, { type Test } from 'tap'
import { LineWriter, type LossFacts } from '../src/line-writer.js'

/** A pipe or a disk with so much room, a clock, and a writer of lines to it. */
function setup (t: Test, maxBytes = 20) {
  const state = { text: '', room: Infinity, failure: 'EAGAIN', now: 0, calls: 0 }
  const losses: LossFacts[] = []
  const delays: number[] = []
  let retry = () => { t.fail('nothing is to be tried again') }
  const deferred: Array<() => void> = []
  const writer = new LineWriter({
    maxBytes,
    write: (bytes) => {
      state.calls++
      if (state.room === 0) throw Object.assign(new Error('words'), state.failure === '' ? {} : { code: state.failure })
      const taken = Math.min(bytes.length, state.room)
      state.room -= taken
      state.text += bytes.toString('utf8', 0, taken)
      return taken
    },
    regained: (facts) => {
      losses.push(facts)
      writer.write(`lost ${facts.lost_lines}\n`)
    },
    now: () => state.now++,
    schedule: (callback, ms) => {
      delays.push(ms)
      retry = callback
    },
    defer: (write) => { deferred.push(write) },
  })
  /** The end of a turn of the event loop. */
  const turn = () => { for (const write of deferred.splice(0)) write() }
  return { writer, state, losses, delays, turn, retry: () => retry() }
}

t.test('the lines of a turn are written at its end, in one go', async (t) => {
  const { writer, state, delays, turn } = setup(t)
  writer.write('one\n')
  writer.write('twö\n')
  t.match(state, { text: '', calls: 0 })
  turn()
  t.match(state, { text: 'one\ntwö\n', calls: 1 })
  writer.write('three\n')
  turn()
  t.match(state, { text: 'one\ntwö\nthree\n', calls: 2 })
  t.strictSame(delays, [])
})

t.test('a turn with more lines than may wait writes before its end, and loses none', async (t) => {
  const { writer, state, losses, turn } = setup(t)
  for (let i = 0; i < 5; i++) writer.write(`a line ${i}\n`)
  t.equal(state.text, 'a line 0\na line 1\na line 2\na line 3\n')
  turn()
  t.match(state, { text: /a line 4\n$/, calls: 3 })
  t.strictSame(losses, [])
})

t.test('what is taken in pieces arrives whole and in order', async (t) => {
  const { writer, state, losses, turn, retry } = setup(t)
  state.room = 2
  writer.write('one\n')
  turn()
  writer.write('two\n')
  turn()
  t.equal(state.text, 'on')
  state.room = 3
  retry()
  t.equal(state.text, 'one\nt')
  state.room = Infinity
  retry()
  writer.write('three\n')
  turn()
  t.equal(state.text, 'one\ntwo\nthree\n')
  t.strictSame(losses, [], 'nothing was lost')
})

t.test('while nothing is taken, it is tried less and less often, and not with each line', async (t) => {
  const { writer, state, delays, turn, retry } = setup(t)
  state.room = 0
  for (let i = 0; i < 5; i++) {
    writer.write('x\n')
    turn()
  }
  t.equal(state.calls, 1)
  for (let i = 0; i < 8; i++) retry()
  t.strictSame(delays, [5, 10, 20, 40, 80, 160, 250, 250, 250])
  state.room = 1
  retry()
  t.equal(delays.at(-1), 5, 'as soon as some is taken, often again')
})

for (const failure of ['EAGAIN', 'ENOSPC', 'EPIPE', '']) {
  t.test(`lines beyond what may wait are lost; one line tells of it after ${failure === '' ? 'a failure without a name' : failure}`, async (t) => {
    const { writer, state, losses, turn, retry } = setup(t)
    Object.assign(state, { room: 0, failure })
    for (let i = 0; i < 10; i++) writer.write(`line${i}\n`)
    turn()
    state.failure = 'EBUSY'
    retry()
    t.strictSame(losses, [])
    state.room = Infinity
    retry()
    writer.write('next\n')
    turn()
    t.equal(state.text, 'line0\nline1\nline2\nlost 7\nnext\n')
    t.strictSame(losses, [{ lost_lines: 7, lost_for_ms: 1, failure: failure === '' ? 'unknown' : failure }])

    Object.assign(state, { room: 0, failure: 'EIO' })
    writer.write('again\n')
    turn()
    state.room = Infinity
    retry()
    t.equal(losses.length, 1, 'each is told once')
  })
}

t.test('a line that is longer than all that may wait is written all the same', async (t) => {
  const { writer, state, turn } = setup(t)
  writer.write(`${'x'.repeat(50)}\n`)
  turn()
  t.equal(state.text.length, 51)
})

t.test('at the end what waits is written, for as long as that may take', async (t) => {
  const { writer, state, turn, retry } = setup(t)
  state.room = 0
  writer.write('one\n')
  turn()
  state.now = 0
  writer.flush(3)
  t.equal(state.text, '')
  t.ok(state.now > 3, 'somebody who takes nothing is waited for')

  const calls = state.calls
  state.failure = 'EPIPE'
  writer.flush(1_000_000)
  t.equal(state.calls, calls + 1, 'and nobody who never will')

  state.room = Infinity
  writer.flush(1)
  t.equal(state.text, 'one\n')
  retry()
  writer.flush(1)
  t.equal(state.text, 'one\n', 'nothing is written twice')

  writer.write('two\n')
  writer.flush(1)
  t.equal(state.text, 'one\ntwo\n', 'what came in that very turn too')
})

t.test('of itself it writes where it is told, on the clock of the process, and what is lost for a while comes later', async (t) => {
  let text = ''
  let isStuck = true
  const told = new Promise<LossFacts>((resolve) => {
    const writer = new LineWriter({
      write: (bytes) => {
        if (isStuck) throw Object.assign(new Error('words'), { code: 'EAGAIN' })
        text += bytes.toString()
        return bytes.length
      },
      regained: resolve,
    })
    const line = `${'x'.repeat(65_535)}\n`
    for (let i = 0; i < 17; i++) writer.write(line)
  })
  const keepAlive = setTimeout(() => {}, 60_000)
  isStuck = false
  t.match(await told, { lost_lines: 1, failure: 'EAGAIN' })
  t.equal(text.length, 1_048_576)
  clearTimeout(keepAlive)
})
