import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { FileFailure, MAX_FILE_BYTES, nameOf, readSmallFile, readSmallFileSync } from '../src/small-file.js'

/** Of files in /proc nothing is known before they are read. */
const largeWithoutSize = ['/proc/kallsyms', '/proc/self/smaps'].find((path) => existsSync(path) && readFileSync(path).length > MAX_FILE_BYTES) ?? 'none'

const ways = { 'at once': async (path: string) => readSmallFileSync(path), 'in its own time': readSmallFile }

for (const [how, read] of Object.entries(ways)) {
  t.test(`a file is read as it is, ${how}`, async (t) => {
    const directory = t.testdir({ key: 'sk_live_é\n', empty: '', largest: 'x'.repeat(MAX_FILE_BYTES) })
    t.equal(await read(`${directory}/key`), 'sk_live_é\n')
    t.equal(await read(`${directory}/empty`), '')
    t.equal((await read(`${directory}/largest`)).length, MAX_FILE_BYTES)
  })

  t.test(`what has no size of its own is read all the same, ${how}`, async (t) => {
    t.match(await read('/proc/self/status'), /^Name:/)
  })

  t.test(`what is no small file is refused, and never waited for, ${how}`, async (t) => {
    const directory = t.testdir({ large: 'x'.repeat(MAX_FILE_BYTES + 1), huge: '' })
    truncateSync(`${directory}/huge`, 10 * 1024 ** 3)
    execFileSync('mkfifo', [`${directory}/pipe`])
    const rows: Array<[path: string, failure: string]> = [
      [`${directory}/missing`, 'ENOENT'],
      [`${directory}/large`, 'too_large'],
      [`${directory}/huge`, 'too_large'],
      [`${directory}/pipe`, 'not_a_file'],
      [directory, 'not_a_file'],
      ['/dev/zero', 'not_a_file'],
      ['/dev/null', 'not_a_file'],
      [`${directory}\0`, 'ERR_INVALID_ARG_VALUE'],
    ]
    for (const [path, code] of rows) await t.rejects(read(path), { code }, JSON.stringify(path))
  })

  t.test(`what does not say how large it is is read no further than the bound, ${how}`, async (t) => {
    await t.rejects(read(largeWithoutSize), { code: 'too_large' })
  })
}

t.test('it is read through symbolic links', async (t) => {
  const directory = t.testdir({ key: t.fixture('symlink', 'data'), data: '' })
  writeFileSync(`${directory}/data`, 'sk_live_1')
  t.equal(await readSmallFile(`${directory}/key`), 'sk_live_1')
})

t.test('a failure has a short name, without the path', async (t) => {
  t.equal(nameOf(new FileFailure('too_large')), 'too_large')
  t.equal(nameOf(new Error('/run/key')), 'unknown')
})
