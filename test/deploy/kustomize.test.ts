import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import t from 'tap'
import { parseAllDocuments } from 'yaml'
import { readConfig } from '../../src/config.js'
import { withoutKustomize } from '../helpers/kustomize.js'
import { mounted, variables } from './environment.js'
import { base, readConfigMaps, readManifests } from './manifests.js'
import type { Deployment, Manifest } from './objects.js'

/* What kustomize itself makes of the files, beside what the other tests read in them. */

interface Built extends Manifest {
  metadata: Manifest['metadata'] & { namespace?: string }
  data?: Record<string, string>
}

/** The objects of a folder, as `kubectl apply -k` would send them. */
function build (folder: string): Built[] {
  return parseAllDocuments(execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' })).map((document) => document.toJS() as Built)
}

const nameOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`
const withoutHash = (name: string) => name.replace(/-[a-z\d]{10}$/, '')

t.test('kustomize', { skip: withoutKustomize() }, async (t) => {
  const built = build(base)
  const configMaps = built.filter(({ kind }) => kind === 'ConfigMap')
  const [deployment] = built.filter((manifest): manifest is Built & Deployment => manifest.kind === 'Deployment')
  const pod = deployment?.spec.template.spec

  t.test('makes the ConfigMaps that the tests read', async (t) => {
    t.strictSame(new Map(configMaps.map(({ metadata, data = {} }) => [withoutHash(metadata.name), data])), readConfigMaps())
  })

  t.test('leaves every other object as it stands in its file, but for what the kustomization says of all', async (t) => {
    t.strictSame(built.filter((manifest) => !configMaps.includes(manifest)).map(nameOf).sort(), readManifests(base).map(nameOf).sort())
    for (const { kind, metadata } of built) {
      t.equal(metadata.labels?.['app.kubernetes.io/name'], 'vault-session-broker', kind)
      if (kind !== 'Namespace') t.equal(metadata.namespace, 'vault-session-broker', kind)
    }
    const policies = (manifests: Manifest[]) => manifests.filter(({ kind }) => kind === 'NetworkPolicy').sort((a, b) => nameOf(a) < nameOf(b) ? -1 : 1)
    t.match(policies(built), policies(readManifests(base)))
  })

  t.test('leads the pod to the ConfigMaps by the hash of their content', async (t) => {
    const sources = pod?.containers.flatMap(({ envFrom }) => envFrom.map(({ configMapRef }) => configMapRef.name)) ?? []
    const taken = [...sources, ...pod?.volumes.flatMap(({ configMap }) => configMap?.name ?? []) ?? []]
    t.strictSame(taken.sort(), configMaps.map(({ metadata }) => metadata.name).sort())
    t.ok(taken.every((name) => name !== withoutHash(name)))
  })

  t.test('reads the mode of secrets as the tests do', async (t) => {
    t.equal(pod?.volumes.find(({ secret }) => secret !== undefined)?.secret?.defaultMode, 0o440)
  })

  t.test('makes of the overlay in README.md what leaves nothing to be replaced', async (t) => {
    const [, overlay = ''] = /```yaml\n([^]*?)```/.exec(readFileSync(`${base}/README.md`, 'utf8')) ?? []
    const directory = t.testdir({})
    const here = relative(realpathSync(directory), process.cwd())
    writeFileSync(`${directory}/kustomization.yaml`, overlay.replaceAll('../vault-session-broker', here))
    const replaced = build(directory)
    t.notMatch(JSON.stringify(replaced), /REPLACE|\.invalid/)
    t.strictSame(replaced.map(nameOf).map(withoutHash).sort(), [...built.map(nameOf).map(withoutHash), 'PodMonitor vault-session-broker'].sort())
    const [configuration] = replaced.filter(({ data }) => data !== undefined && 'IDENTITY' in data)
    t.ok(readConfig({ ...variables, ...configuration?.data }, mounted), 'and what the broker takes')
  })
})
