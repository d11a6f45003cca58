import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'

/* What GitHub runs: nobody can run it here, so what can be known beforehand is. */

interface Step {
  id?: string
  name?: string
  uses?: string
  run?: string
  with?: Record<string, unknown>
}

interface Job {
  /** Another workflow, in place of steps. */
  uses?: string
  container?: { image: string }
  permissions?: Record<string, string>
  'timeout-minutes'?: number
  steps?: Step[]
}

interface Workflow {
  on: Record<string, unknown>
  permissions: Record<string, string>
  jobs: Record<string, Job>
}

/** Whoever needs more says so here too. */
const permissions: Record<string, Record<string, string>> = {
  'ci.yaml, test': { contents: 'read' },
  'ci.yaml, image': { contents: 'read' },
  'release.yaml, version': { contents: 'read' },
  'release.yaml, checks': { contents: 'read' },
  'release.yaml, image': { contents: 'read', packages: 'write', 'id-token': 'write', attestations: 'write' },
  'release.yaml, client': { contents: 'read', 'id-token': 'write' },
  'release.yaml, page': { contents: 'write' },
}

const read = (file: string) => readFileSync(file, 'utf8')

const workflows = readdirSync('.github/workflows').map((file) => {
  const text = read(`.github/workflows/${file}`)
  return { file, text, workflow: parse(text) as Workflow }
})
const jobs = workflows.flatMap(({ file, workflow }) => Object.entries(workflow.jobs).map(([id, job]) => {
  return { name: `${file}, ${id}`, job, steps: job.steps ?? [] }
}))
const commands = jobs.flatMap(({ name, steps }) => steps.flatMap(({ run }) => run === undefined ? [] : [{ name, run }]))

t.test('each action is pinned by a commit, with its version beside it, the same everywhere', async (t) => {
  const lines = workflows.flatMap(({ text }) => text.split('\n').filter((line) => /\buses:/.test(line) && !line.includes('uses: ./')))
  const pins = lines.map((line) => /uses: ([\w-]+\/[\w-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$/.exec(line) ?? [line])
  for (const [line, action] of pins) t.ok(action, `${line}`)
  t.equal(lines.length, jobs.flatMap(({ steps }) => steps).filter(({ uses }) => uses !== undefined).length, 'none is written otherwise')
  t.equal(new Set(pins.map(([, action, pin]) => `${action}@${pin}`)).size, new Set(pins.map(([, action]) => action)).size)
})

t.test('nothing is permitted but what a job needs', async (t) => {
  for (const { file, workflow } of workflows) t.strictSame(workflow.permissions, {}, file)
  t.strictSame(Object.fromEntries(jobs.map(({ name, job }) => [name, job.permissions])), permissions)
})

t.test('no workflow runs a stranger\'s code with rights, or needs a secret', async (t) => {
  for (const { file, text, workflow } of workflows) {
    for (const event of Object.keys(workflow.on)) t.ok(['push', 'pull_request', 'workflow_call'].includes(event), `${file}: ${event}`)
    t.notMatch(text, /secrets\./, file)
  }
})

t.test('no command has an expression in it: what it is told stands in its environment', async (t) => {
  t.not(commands.length, 0)
  for (const { name, run } of commands) t.notOk(run.includes('${{'), `${name}: ${run}`)
})

for (const { name, job, steps } of jobs) {
  t.test(`${name} ends in time, or is another workflow of ours`, async (t) => {
    if (job.uses === undefined) t.ok(Number(job['timeout-minutes']) <= 60)
    else t.ok(job.uses.startsWith('./') && existsSync(job.uses))
  })

  t.test(`${name} leaves no credential in its checkout`, async (t) => {
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) t.equal(step.with?.['persist-credentials'], false)
  })
}

t.test('the scripts that commands name are there', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const { name, run } of commands) {
    for (const [, file = ''] of run.matchAll(/((?:scripts|\.ci)\/[\w.-]+)/g)) t.ok(existsSync(file), `${name}: ${file}`)
    for (const [, script = ''] of run.matchAll(/npm run ([\w:-]+)/g)) t.ok(script in scripts, `${name}: npm run ${script}`)
  }
})

t.test('the Nodes that are tested are those that are promised, built with and published with', async (t) => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  const [, others = ''] = /^for version in ([\d ]+);/m.exec(read('.ci/run')) ?? []
  const containers = jobs.flatMap(({ job }) => /^node:(\d+)-/.exec(job.container?.image ?? '')?.[1] ?? [])
  t.strictSame(containers, [/^>=(\d+)\./.exec(engines.node)?.[1]], 'the oldest is where all tests run')

  const tested = [...containers, ...others.split(' ')]
  const bases = Array.from(read('Dockerfile').matchAll(/^FROM \S*? ?\S*node(?:js|:)(\d+)-/gm), ([, version]) => version)
  const published = jobs.flatMap(({ steps }) => steps.flatMap((step) => step.with?.['node-version'] ?? []))
  t.strictSame([bases.length, published.length], [2, 1])
  for (const version of [...bases, ...published]) t.ok(tested.includes(String(version)), String(version))
})

for (const [title, tag, tags] of [
  ['a release has its own tag and its minor\'s', 'v1.2.3', ['1.2.3', '1.2']],
  ['a prerelease has its own tag alone', 'v1.2.3-rc.1', ['1.2.3-rc.1']],
] as const) {
  t.test(title, async (t) => {
    const { run = '' } = jobs.flatMap(({ steps }) => steps).find(({ id }) => id === 'name') ?? {}
    const output = join(t.testdir(), 'output')
    const env = { GITHUB_OUTPUT: output, GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: 'Acme/Broker' }
    execFileSync('bash', ['-e', '-o', 'pipefail', '-c', run], { env })
    t.strictSame(read(output).trimEnd().split('\n'), [
      'image=ghcr.io/acme/broker',
      `version=${tag.slice(1)}`,
      `tags=${tags.map((tag) => `ghcr.io/acme/broker:${tag}`).join()}`,
    ])
  })
}

t.test('Dependabot looks after each manifest, the image and the actions', async (t) => {
  const { updates } = parse(read('.github/dependabot.yml')) as { updates: Array<{ 'package-ecosystem': string, directories?: string[] }> }
  t.strictSame(updates.map((update) => update['package-ecosystem']), ['npm', 'docker', 'github-actions'])

  const folders = ['', 'client', ...['examples', 'test'].flatMap((parent) => readdirSync(parent).map((child) => `${parent}/${child}`))]
  const manifests = folders.filter((folder) => existsSync(join(folder, 'package.json')))
  t.strictSame(updates[0]?.directories, manifests.map((folder) => `/${folder}`))
})
