import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { FollowedSecret } from '../src/followed-secret.js'
import { Secret } from '../src/secret.js'
import { FileFailure } from '../src/small-file.js'
import { manualClock } from './helpers/manual-clock.js'

const missing = Object.assign(new Error('/run/key'), { code: 'ENOENT' })

/** A secret of 'key-1' that follows a file of which the test says what is in it. */
function setUp () {
  const clock = manualClock()
  const heard: unknown[] = []
  const secret = new Secret('key-1')
  const file: { content: string | Error, reads: number, gate: Promise<unknown> } = { content: 'key-1\n', reads: 0, gate: Promise.resolve() }
  const followed = new FollowedSecret({ variable: 'KEY', path: '/run/key', secret, isFit: (value) => value.startsWith('key-') }, {
    watcher: { lost: (facts) => heard.push(facts), regained: (facts) => heard.push(facts) },
    onReplaced: () => heard.push(secret.reveal()),
    clock,
    read: async (path) => {
      t.equal(path, '/run/key')
      file.reads++
      const { content, gate } = file
      await gate
      if (content instanceof Error) throw content
      return content
    },
  })
  /** Looks at each of these, a second apart. */
  async function see (...contents: Array<string | Error>) {
    for (const content of contents) {
      file.content = content
      await clock.advance(1_000)
      await followed.look()
    }
  }
  return { clock, heard, secret, file, followed, see }
}

t.test('what is as it was is nothing to tell', async (t) => {
  const { heard, secret, see } = setUp()
  await see('key-1', ' key-1\n', '\nkey-1')
  t.equal(secret.reveal(), 'key-1')
  t.strictSame(heard, [])
})

t.test('another value counts once two looks agree on it, white space aside', async (t) => {
  const { heard, secret, see } = setUp()
  await see('key-2\n')
  t.equal(secret.reveal(), 'key-1')
  await see('key-2')
  t.equal(secret.reveal(), 'key-2')
  t.strictSame(heard, ['key-2'])
})

t.test('two looks at once are one', async (t) => {
  const { secret, file, followed } = setUp()
  file.content = 'key-2'
  await Promise.all([followed.look(), followed.look()])
  t.equal(secret.reveal(), 'key-1')
})

t.test('a file that is seen half-written does no harm', async (t) => {
  const { heard, secret, see } = setUp()
  await see('', 'key-', 'key-2', 'key-2')
  t.equal(secret.reveal(), 'key-2')
  await see(missing, 'key-3', 'key-3')
  t.strictSame(heard, ['key-2', 'key-3'])
})

const flaws: Array<[what: string, content: string | Error, failure: string]> = [
  ['vanishes', missing, 'ENOENT'],
  ['is emptied', ' \n', 'empty'],
  ['holds what does not fit', 'Bearer key-1', 'malformed'],
  ['is too large', new FileFailure('too_large'), 'too_large'],
  ['breaks in a way that has no name', new Error('/run/key'), 'unknown'],
]
for (const [what, content, failure] of flaws) {
  t.test(`a file that ${what} keeps the last good value, told once, and once when it is good again`, async (t) => {
    const { heard, secret, see } = setUp()
    await see(content, content, content, content)
    t.equal(secret.reveal(), 'key-1')
    t.strictSame(heard, [{ failure }])
    await see('key-1')
    t.strictSame(heard, [{ failure }, { lost_for_ms: 3_000 }])
  })

  t.test(`a file that ${what} may come back with another value`, async (t) => {
    const { heard, secret, see } = setUp()
    await see(content, content, 'key-2', 'key-2')
    t.equal(secret.reveal(), 'key-2')
    t.strictSame(heard, [{ failure }, { lost_for_ms: 2_000 }, 'key-2'])
  })
}

t.test('a file that is of no use in another way each time is of no use', async (t) => {
  const { heard, see } = setUp()
  await see(missing, '', 'Bearer', missing)
  t.strictSame(heard, [{ failure: 'empty' }])
})

t.test('a file that hangs is passed over, not opened again, and seen as it answers', async (t) => {
  const { clock, heard, file, followed } = setUp()
  let answer = () => {}
  file.gate = new Promise<void>((resolve) => { answer = resolve })
  const first = followed.look()
  await setImmediate()
  await clock.advance(1_000)
  await first
  await clock.advance(1_000)
  await followed.look()
  t.equal(file.reads, 1)
  t.strictSame(heard, [{ failure: 'timeout' }])
  answer()
  await setImmediate()
  await followed.look()
  t.equal(file.reads, 2)
  t.strictSame(heard, [{ failure: 'timeout' }, { lost_for_ms: 0 }])
})

t.test('on demand nothing is waited for where nothing has changed', async (t) => {
  const { heard, file, followed } = setUp()
  await followed.reread()
  t.equal(file.reads, 1)
  t.strictSame(heard, [])
})

t.test('on demand another value counts as soon as it has stood for a moment', async (t) => {
  const { clock, secret, file, followed } = setUp()
  file.content = 'key-2'
  const asked = followed.reread()
  await setImmediate()
  t.equal(secret.reveal(), 'key-1')
  await clock.advance(50)
  await asked
  t.equal(secret.reveal(), 'key-2')
})

t.test('on demand a value that was looked at before counts at once', async (t) => {
  const { clock, secret, see, followed } = setUp()
  await see('key-2')
  await clock.advance(100)
  await followed.reread()
  t.equal(secret.reveal(), 'key-2')
})

t.test('on demand a file that is of no use is told of, and not waited for again', async (t) => {
  const { clock, heard, file, followed } = setUp()
  file.content = missing
  const asked = followed.reread()
  await setImmediate()
  await clock.advance(50)
  await asked
  await followed.reread()
  t.strictSame(heard, [{ failure: 'ENOENT' }])
})

t.test('on demand another value counts though the process stood still meanwhile', async (t) => {
  const { clock, secret, file, followed } = setUp()
  file.content = 'key-2'
  let goOn = () => {}
  file.gate = new Promise<void>((resolve) => { goOn = resolve })
  const asked = followed.reread()
  await setImmediate()
  await clock.advance(1_000)
  goOn()
  await setImmediate()
  for (let looks = 0; looks < 2; looks++) await clock.advance(50)
  await asked
  t.equal(secret.reveal(), 'key-2')
})

t.test('on demand a file that never comes to rest is given up', async (t) => {
  const { clock, secret, heard, file, followed } = setUp()
  let isDone = false
  file.content = 'key-99'
  const asked = followed.reread().then(() => { isDone = true })
  await setImmediate()
  for (let i = 0; i < 20; i++) {
    t.notOk(isDone)
    file.content = `key-${100 + i}`
    await clock.advance(50)
  }
  await asked
  t.equal(secret.reveal(), 'key-1')
  t.strictSame(heard, [])
})

t.test('many that ask at once are one reading, and whoever asks while it runs gets the next', async (t) => {
  const { clock, secret, file, followed } = setUp()
  const first = Array.from({ length: 100 }, () => followed.reread())
  await setImmediate()
  t.equal(file.reads, 1)

  file.gate = clock.wait(10)
  const early = followed.reread()
  await setImmediate()
  file.content = 'key-2'
  const late = [followed.reread(), followed.reread()]
  await clock.advance(10)
  await early
  t.equal(secret.reveal(), 'key-1')
  await setImmediate()
  await clock.advance(50)
  await Promise.all([...first, ...late])
  t.equal(secret.reveal(), 'key-2')
  t.equal(file.reads, 4)
})

t.test('a listener that throws is told of, and the file is followed all the same', async (t) => {
  const { heard, secret, see } = setUp()
  secret.onReplace(() => { if (secret.reveal() === 'key-2') throw new Error('canary') })
  await see('key-2', 'key-2', 'key-2')
  t.strictSame(heard, [{ failure: 'unknown' }, { lost_for_ms: 1_000 }])
  await see('key-3', 'key-3')
  t.equal(heard.at(-1), 'key-3')
})

t.test('once closed it reads nothing, and takes nothing that it was reading', async (t) => {
  const { clock, secret, file, see, followed } = setUp()
  await see('key-2')
  file.gate = clock.wait(10)
  const looking = followed.look()
  await setImmediate()
  followed.close()
  await clock.advance(1_000)
  await looking
  await followed.reread()
  t.equal(secret.reveal(), 'key-1')
  t.equal(file.reads, 2)
})
