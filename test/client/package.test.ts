import { readFileSync } from 'node:fs'
import t from 'tap'
import { MAX_CLIENT_BYTES, measureClient } from '../../bench/client.js'
import { ownCodes } from '../../client/src/own-codes.js'
import { catalogue } from '../../src/errors.js'

/* What the client's package says of itself, held to what it is. */

const read = (file: string) => readFileSync(file, 'utf8')
const manifest = JSON.parse(read('client/package.json')) as Record<string, unknown>

/** The rows of README's tables whose first cell is code, in order. */
const rows = read('client/README.md').split('\n').filter((line) => line.startsWith('| `'))
  .map((line) => line.slice(2, -2).split(' | '))

t.test('it is as small as it says', async (t) => {
  t.ok(await measureClient() < MAX_CLIENT_BYTES)
  t.match(read('client/README.md'), `Under ${MAX_CLIENT_BYTES / 1000} kB, minified and gzipped`)
})

t.test('it depends on nothing, and may be published', async (t) => {
  t.strictSame(Object.keys(manifest).filter((name) => /dependencies|private/i.test(name)), [])
  t.equal(read('client/LICENSE'), read('LICENSE'))
})

t.test('README has each code of the client\'s own, in order, and no other', async (t) => {
  const [, section = ''] = read('client/README.md').split('These codes are the client\'s own:')
  const [table = ''] = section.split('These are the broker\'s')
  t.strictSame(Array.from(table.matchAll(/^\| `(\w+)` \|/gm), ([, code]) => code), Object.keys(ownCodes))
})

t.test('README has codes of the broker that there are, with their status', async (t) => {
  const [, table = ''] = read('client/README.md').split('These are the broker\'s')
  const named = Array.from(table.matchAll(/^\| (`.+`) \| ([\d, ]+) \|/gm))
  t.ok(named.length > 5, 'the table is read')
  for (const [, codes = '', statuses = ''] of named) {
    const found = codes.split(', ').map((code) => catalogue[code.replaceAll('`', '') as keyof typeof catalogue]?.status)
    t.strictSame([...new Set(found)].sort().join(', '), statuses)
  }
})

t.test('README has each option, in order', async (t) => {
  const declared = Array.from(read('client/src/options.ts').matchAll(/^ {2}(\w+)\?:/gm), ([, name]) => `\`${name}\``)
  t.strictSame(rows.map(([name]) => name).slice(0, declared.length), declared)
})
