import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { createLogger } from '../../src/logger.js'
import { createMeasuring } from '../../src/metrics-app.js'
import { version } from '../../src/version.js'
import { send, startBroker } from '../helpers/broker.js'
import { variables } from './environment.js'
import { base, component, namedFiles, ofKind, presentFiles, readConfigMaps, readKustomization, theOnly, thePod } from './manifests.js'
import type { Autoscaler, Budget, Deployment, PodMonitor, Service } from './objects.js'

/* The manifests of deploy/kubernetes, held to the broker that they run and to one another. */

const readme = readFileSync(`${base}/README.md`, 'utf8')
const { pod, container } = thePod()
const deployment = theOnly<Deployment>('Deployment')
const { labels, annotations } = deployment.spec.template.metadata

t.test('the kustomization names each file that is there, and no other', async (t) => {
  for (const folder of [base, component]) t.strictSame(namedFiles(folder), presentFiles(folder), folder)
})

t.test('README.md has each file in its table', async (t) => {
  const rows = Array.from(readme.matchAll(/^\| \[`([^`]+)`\]\(([^)]+)\)/gm), ([, name, link]) => [name, link])
  const names = [...presentFiles(base), 'kustomization.yaml', 'components/prometheus-operator']
  t.strictSame(rows.sort(), names.sort().map((name) => [name, name]))
})

t.test('the files that README.md links to are there', async (t) => {
  for (const [, target = ''] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g)) t.ok(existsSync(`${base}/${target}`), target)
})

t.test('the image is this version, and comes from nowhere until its registry is named', async (t) => {
  t.strictSame(readKustomization(base).images, [{ name: container.image, newName: 'registry.invalid/vault-session-broker', newTag: version }])
})

t.test('it runs as the user that the image has', async (t) => {
  const { runAsUser, runAsGroup } = pod.securityContext
  t.match(readFileSync('Dockerfile', 'utf8'), `\nUSER ${runAsUser}:${runAsGroup}\n`)
})

t.test('README.md checks the configuration with the program that the image starts', async (t) => {
  const [, program = ''] = /^ENTRYPOINT \[(.*)\]$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? []
  t.match(readme, `-- ${program.replaceAll(/[",]/g, '')} --check-config`)
})

t.test('the ConfigMaps that the pod takes are those that are made of files', async (t) => {
  const taken = [...container.envFrom.map(({ configMapRef }) => configMapRef.name), ...pod.volumes.flatMap(({ configMap }) => configMap?.name ?? [])]
  t.strictSame(taken, [...readConfigMaps().keys()])
})

t.test('each volume that is mounted is there, and the other way round, and each is mounted whole', async (t) => {
  t.strictSame(container.volumeMounts.map(({ name }) => name), pod.volumes.map(({ name }) => name))
  for (const { name, subPath } of container.volumeMounts) t.equal(subPath, undefined, name)
})

t.test('the container has the ports that the broker listens on', async (t) => {
  t.strictSame(container.ports, [
    { name: 'http', containerPort: Number(variables['PORT']) },
    { name: 'metrics', containerPort: Number(variables['METRICS_PORT']) },
  ])
})

t.test('each probe asks a route that answers', async (t) => {
  const broker = await startBroker(t)
  const { startupProbe, livenessProbe, readinessProbe } = container
  t.match([startupProbe, livenessProbe, readinessProbe], [
    { httpGet: { path: '/livez', port: 'http' } },
    { httpGet: { path: '/livez', port: 'http' } },
    { httpGet: { path: '/readyz', port: 'http' } },
  ])
  for (const probe of [startupProbe, livenessProbe, readinessProbe]) t.match(await send(`${broker.url}${probe?.httpGet?.path}`), { status: 200 })
})

t.test('Prometheus is sent to a route that answers, by annotations and by its operator', async (t) => {
  const { app } = await createMeasuring(createLogger({ level: 'silent', secrets: [] }))
  t.teardown(() => app.close())
  const { spec: { selector, podMetricsEndpoints } } = theOnly<PodMonitor>('PodMonitor')
  t.equal(annotations['prometheus.io/port'], variables['METRICS_PORT'])
  t.strictSame(selector.matchLabels, labels)
  t.strictSame(podMetricsEndpoints, [{ port: 'metrics', path: annotations['prometheus.io/path'] }])
  t.match(await app.inject({ method: 'GET', url: annotations['prometheus.io/path'] ?? '' }), { statusCode: 200 })
})

const milliseconds = (name: string) => Number(variables[name])

const times: Array<[what: string, longer: number, shorter: number]> = [
  ['the end by force comes after all else', pod.terminationGracePeriodSeconds * 1_000, milliseconds('SHUTDOWN_DELAY_MS') + milliseconds('SHUTDOWN_TIMEOUT_MS') + 1_000],
  ['the slowest of calls ends with an answer', milliseconds('SHUTDOWN_TIMEOUT_MS'), milliseconds('UPSTREAM_TIMEOUT_MS') + 2_000],
  ['a proxy has some seconds to notice', milliseconds('SHUTDOWN_DELAY_MS'), 5_000],
]

for (const [what, longer, shorter] of times) {
  t.test(`told to stop: ${what}`, async (t) => t.ok(longer >= shorter, `${longer} ms, ${shorter} ms`))
}

t.test('a roll-out puts a pod there before it takes one away', async (t) => {
  t.strictSame(deployment.spec.strategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } })
})

t.test('it has the memory that compose.yaml gives, for certain, and a processor without a ceiling', async (t) => {
  const { 'x-broker': broker } = parse(readFileSync('compose.yaml', 'utf8')) as { 'x-broker': { mem_limit: string } }
  const { requests, limits } = container.resources
  t.equal(limits['memory'], `${broker.mem_limit.replace(/m$/, '')}Mi`)
  t.equal(requests['memory'], limits['memory'])
  t.ok(requests['cpu'])
  t.equal(limits['cpu'], undefined)
})

t.test('what selects pods selects these', async (t) => {
  const service = theOnly<Service>('Service')
  const budget = theOnly<Budget>('PodDisruptionBudget')
  const selectors = [deployment.spec.selector, budget.spec.selector, ...pod.topologySpreadConstraints.map(({ labelSelector }) => labelSelector)]
  for (const { matchLabels } of selectors) t.strictSame(matchLabels, labels)
  t.strictSame(service.spec.selector, labels)
})

t.test('the Service is inside the cluster alone, and leads to the broker and not to its metrics', async (t) => {
  t.match(theOnly<Service>('Service').spec, { type: 'ClusterIP', ports: [{ port: 3000, targetPort: 'http' }] })
  t.equal(ofKind('Ingress').length, 0)
})

t.test('the autoscaler alone says how many, and never fewer than a drained node may take', async (t) => {
  const { scaleTargetRef, minReplicas, maxReplicas, metrics } = theOnly<Autoscaler>('HorizontalPodAutoscaler').spec
  t.strictSame(scaleTargetRef, { apiVersion: deployment.apiVersion, kind: deployment.kind, name: deployment.metadata.name })
  t.equal(deployment.spec.replicas, undefined)
  t.ok(minReplicas >= 2 && maxReplicas > minReplicas)
  t.ok(theOnly<Budget>('PodDisruptionBudget').spec.maxUnavailable < minReplicas)
  for (const { resource } of metrics) t.ok(resource.name in container.resources.requests, 'a share of what is requested')
})
