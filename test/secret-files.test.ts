import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { followSecretFiles } from '../src/secret-files.js'
import { Secret } from '../src/secret.js'
import { manualClock } from './helpers/manual-clock.js'

/** Two secrets whose files hold what is given, and what is told of them. */
function setUp (contents: Record<string, string>) {
  const clock = manualClock()
  const heard: unknown[] = []
  const reads: string[] = []
  const secrets = { KEY: new Secret('key-1'), URL: new Secret('url-1') }
  const followed = followSecretFiles({
    files: Object.entries(secrets).map(([variable, secret]) => ({ variable, path: `/run/${variable}`, secret, isFit: () => true })),
    watcherOf: (variable) => ({ lost: (facts) => heard.push([variable, facts]), regained: (facts) => heard.push([variable, facts]) }),
    onReplaced: (variable) => heard.push(variable),
    clock,
    read: async (path) => {
      reads.push(path)
      return contents[path] ?? ''
    },
  })
  return { clock, heard, reads, secrets, followed }
}

t.test('each file is looked at every second, and each secret follows its own', async (t) => {
  const contents = { '/run/KEY': 'key-1', '/run/URL': 'url-1' }
  const { clock, heard, reads, secrets } = setUp(contents)
  await clock.advance(999)
  t.strictSame(reads, [])
  await clock.advance(1)
  t.strictSame(reads, ['/run/KEY', '/run/URL'])
  contents['/run/URL'] = 'url-2'
  contents['/run/KEY'] = ''
  await clock.advance(1_000)
  await clock.advance(1_000)
  t.equal(secrets.URL.reveal(), 'url-2')
  t.equal(secrets.KEY.reveal(), 'key-1')
  t.strictSame(heard.sort(), [['KEY', { failure: 'empty' }], 'URL'])
})

t.test('a file is read on demand, by its variable, and only it', async (t) => {
  const { clock, reads, secrets, followed } = setUp({ '/run/KEY': 'key-2' })
  const asked = followed.reread('KEY')
  await setImmediate()
  await clock.advance(50)
  await asked
  t.equal(secrets.KEY.reveal(), 'key-2')
  t.strictSame(reads, ['/run/KEY', '/run/KEY'])
})

t.test('a variable without a file is nothing to read', async (t) => {
  const { reads, followed } = setUp({})
  t.equal(await followed.reread('OTHER'), undefined)
  t.strictSame(reads, [])
})

t.test('once closed nothing is read', async (t) => {
  const { clock, reads, followed } = setUp({})
  followed.close()
  await clock.advance(1_000)
  await clock.advance(1_000)
  await followed.reread('KEY')
  t.strictSame(reads, [])
})

t.test('a real file is followed on the clock of the machine', async (t) => {
  const directory = t.testdir({ key: 'key-2' })
  const secret = new Secret('key-1')
  const replaced = new Promise<string>((resolve) => {
    const followed = followSecretFiles({
      files: [{ variable: 'KEY', path: `${directory}/key`, secret, isFit: () => true }],
      watcherOf: () => ({ lost: () => {}, regained: () => {} }),
      onReplaced: resolve,
    })
    t.teardown(() => followed.close())
  })
  const alive = setInterval(() => {}, 1_000)
  t.equal(await replaced, 'KEY')
  t.equal(secret.reveal(), 'key-2')
  clearInterval(alive)
})
