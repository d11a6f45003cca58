import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import type { Container, Deployment, Manifest, Pod } from './objects.js'

/*
 * The manifests as the tests read them: what stands in the files, with the ConfigMaps that kustomize makes of others.
 * That kustomize itself reads them so is for kustomize.test.ts to say.
 */

export const base = 'deploy/kubernetes'
export const component = `${base}/components/prometheus-operator`

interface Generator { name: string, envs?: string[], files?: string[] }

interface Kustomization {
  namespace?: string
  resources: string[]
  images?: Array<{ name: string, newName: string, newTag: string }>
  configMapGenerator?: Generator[]
}

const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8')

// Kubernetes reads YAML 1.1, where a mode such as 0440 is octal.
const asKubernetes = { version: '1.1' } as const

export function readKustomization (folder: string): Kustomization {
  return parse(read(folder, 'kustomization.yaml'), asKubernetes) as Kustomization
}

/** The objects in the files that a kustomization names, in its order. */
export function readManifests (folder: string): Manifest[] {
  return readKustomization(folder).resources.flatMap((file) => parseAllDocuments(read(folder, file), asKubernetes)
    .map((document) => document.toJS() as Manifest))
}

/** The objects of one kind in the base and the component. They are taken to have the members that the caller names. */
export function ofKind<T extends Manifest> (kind: string): T[] {
  return [...readManifests(base), ...readManifests(component)].filter((manifest): manifest is T => manifest.kind === kind)
}

/** The one object of a kind. */
export function theOnly<T extends Manifest> (kind: string): T {
  const [manifest, ...others] = ofKind<T>(kind)
  if (manifest === undefined || others.length > 0) throw new TypeError(`there is not one ${kind}`)
  return manifest
}

/** The Deployment's pod with its one container. */
export function thePod (): { pod: Pod, container: Container } {
  const pod = theOnly<Deployment>('Deployment').spec.template.spec
  const [container, ...others] = pod.containers
  if (container === undefined || others.length > 0) throw new TypeError('there is not one container')
  return { pod, container }
}

/** What kustomize makes of files: the content of each ConfigMap, by the name without its hash. */
export function readConfigMaps (): Map<string, Record<string, string>> {
  return new Map(readKustomization(base).configMapGenerator?.map(({ name, envs = [], files = [] }) => [name, {
    ...Object.fromEntries(envs.flatMap((file) => read(base, file).split('\n').filter((line) => /^\w/.test(line)).map(entry))),
    ...Object.fromEntries(files.map((file) => [basename(file), read(base, file)])),
  }]))
}

function entry (line: string): [name: string, value: string] {
  const [name = '', ...rest] = line.split('=')
  return [name, rest.join('=')]
}

/** The files in a folder that are for kustomize to read, by its kustomization. */
export function namedFiles (folder: string): string[] {
  const { resources, configMapGenerator = [] } = readKustomization(folder)
  return [...resources, ...configMapGenerator.flatMap(({ envs = [], files = [] }) => [...envs, ...files])].sort()
}

/** The files that there are in it. */
export function presentFiles (folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !['kustomization.yaml', 'README.md'].includes(entry.name))
    .map(({ name }) => name).sort()
}
