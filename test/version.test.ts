import { readFileSync } from 'node:fs'
import t from 'tap'
import { version } from '../src/version.js'

t.test('the version is the one in package.json', async (t) => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  t.equal(version, manifest.version)
})
