import { readFileSync } from 'node:fs'
import t from 'tap'
import { runScript } from '../helpers/script.js'

const SCRIPT = 'scripts/release-notes.js'
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

const changelog = `# Changelog

What counts.

## [Unreleased]

- Not yet.

## [1.10.0] - 2026-02-01

### Added

- A thing, of which
  [a page](docs/thing.md#all) tells,
  and [another](https://a.example/).
- One more.

A paragraph
on two lines.

## [1.1.0] - 2026-01-01

- The first.

## [1.0.0] - 2025-01-01
`

interface Repository { version?: string, client?: string }

t.test('it prints a version\'s section, each paragraph on one line and each link whole', async (t) => {
  const cwd = t.testdir(repository({ version: '1.10.0' }))
  const { code, stdout } = await runScript(SCRIPT, ['v1.10.0', 'https://github.com/o/r/blob/v1.10.0'], { cwd })
  t.equal(code, 0)
  t.equal(stdout, `### Added

- A thing, of which [a page](https://github.com/o/r/blob/v1.10.0/docs/thing.md#all) tells, and [another](https://a.example/).
- One more.

A paragraph on two lines.
`)
})

t.test('without a URL it leaves links as they are', async (t) => {
  const { stdout } = await runScript(SCRIPT, ['v1.10.0'], { cwd: t.testdir(repository({ version: '1.10.0' })) })
  t.match(stdout, '[a page](docs/thing.md#all)')
})

const refusals: Array<[title: string, tag: string, repository: Repository, stderr: RegExp]> = [
  ['a tag that is not the version of package.json', 'v1.10.0', { version: '1.1.0', client: '1.10.0' }, /^package\.json has the version 1\.1\.0/],
  ['a tag that is not the version of the client', 'v1.10.0', { version: '1.10.0', client: '1.1.0' }, /^client\/package\.json has the version 1\.1\.0/],
  ['a tag without its v', '1.10.0', { version: '1.10.0' }, /not that of the tag '1\.10\.0'/],
  ['no tag', '', { version: '1.10.0' }, /not that of the tag ''/],
  ['a version that the changelog does not have', 'v1.1', { version: '1.1' }, /nothing under ## \[1\.1\]/],
  ['a version whose section is empty', 'v1.0.0', { version: '1.0.0' }, /nothing under ## \[1\.0\.0\]/],
]

for (const [title, tag, manifests, stderr] of refusals) {
  t.test(`it refuses ${title}`, async (t) => {
    const outcome = await runScript(SCRIPT, [tag], { cwd: t.testdir(repository(manifests)) })
    t.match(outcome, { code: 1, stdout: '', stderr })
  })
}

t.test('our own changelog has a section of the version that the manifests have', async (t) => {
  const { code, stdout, stderr } = await runScript(SCRIPT, [`v${version}`])
  t.equal(code, 0, stderr)
  t.match(stdout, /^### \w+\n\n- /)
  t.notMatch(stdout, /^ {2}\S/m, 'no line is wrapped')
})

function repository ({ version = '1.10.0', client = version }: Repository) {
  return {
    'CHANGELOG.md': changelog,
    'package.json': JSON.stringify({ version }),
    client: { 'package.json': JSON.stringify({ version: client }) },
  }
}
