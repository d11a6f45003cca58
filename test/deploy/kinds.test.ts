import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { withoutPackages } from '../helpers/programs.js'
import { base, component, readManifests } from './manifests.js'
import type { Manifest } from './objects.js'

/*
 * The manifests held to the API's own description of its kinds, as types: a member that is unknown, missing or of
 * another type is an error, as it is to the API server.
 */

const run = promisify(execFile)
const folder = 'test/deploy'

const manifests = [...readManifests(base), ...readManifests(component)]

/** The packages that describe the groups of others than Kubernetes. */
const others: Record<string, string> = { 'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/monitoring.coreos.com' }

function packageOf ({ apiVersion }: Manifest): string {
  const [group = '', version] = apiVersion.split('/')
  return version === undefined ? `kubernetes-models/${group}` : `${others[group] ?? `kubernetes-models/${group}`}/${version}`
}

const compiler = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  module: 'preserve',
  moduleResolution: 'bundler',
  target: 'es2022',
  types: [],
}

/** What the compiler says of them; nothing where all is well. */
async function faults (t: Test, manifests: readonly Manifest[]): Promise<string> {
  const source = manifests.map((manifest, index) => [
    `import type { I${manifest.kind} as Kind${index} } from '${process.cwd()}/${folder}/node_modules/${packageOf(manifest)}'`,
    `export const manifest${index}: Kind${index} = ${JSON.stringify(manifest)}`,
  ].join('\n')).join('\n')
  const directory = t.testdir({ 'manifests.ts': source, 'tsconfig.json': JSON.stringify({ compilerOptions: compiler, files: ['manifests.ts'] }) })
  return run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', directory])
    .then(({ stdout }) => stdout, ({ stdout }: { stdout: string }) => stdout)
}

t.test('the manifests', { skip: withoutPackages(folder) }, async (t) => {
  t.test('are of kinds that the API has, with the members that those have', async (t) => t.equal(await faults(t, manifests), ''))

  const edits: Array<[what: string, edit: (deployment: string) => string]> = [
    ['a member that is misspelt', (text) => text.replace('"livenessProbe"', '"livenesProbe"')],
    ['a member that is elsewhere', (text) => text.replace('"minReadySeconds":10,', '').replace('"enableServiceLinks"', '"minReadySeconds":10,"enableServiceLinks"')],
    ['a member that is missing', (text) => text.replace('"name":"broker",', '')],
    ['a text for a number', (text) => text.replace('"containerPort":3000', '"containerPort":"3000"')],
    ['a number for a text', (text) => text.replace('"value":"3000"', '"value":3000')],
    ['another version of the API', (text) => text.replace('"apps/v1"', '"v1"')],
  ]
  for (const [what, edit] of edits) {
    t.test(`would be found to have ${what}`, async (t) => {
      const text = JSON.stringify(manifests.find(({ kind }) => kind === 'Deployment'))
      t.not(edit(text), text)
      t.match(await faults(t, [JSON.parse(edit(text)) as Manifest]), /manifests\.ts\(\d+,\d+\): error TS2/)
    })
  }
})
