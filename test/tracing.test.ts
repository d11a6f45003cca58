import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import { Secret } from '../src/secret.js'
import { createTracing } from '../src/tracing.js'
import { send } from './helpers/broker.js'
import { startCollector } from './helpers/collector.js'
import { environment } from './helpers/environment.js'
import { startServer } from './helpers/process.js'
import { httpUpstream, listen } from './helpers/upstream.js'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

/** As many spans as are sent at once. */
const BATCH = 512

async function setUp (t: Test, headers?: Secret) {
  const collector = await startCollector(t)
  const heard: Array<{ failure?: unknown }> = []
  const more: Array<() => void> = []
  const hear = (facts: { failure?: unknown }) => {
    heard.push(facts)
    more.splice(0).forEach((resolve) => resolve())
  }
  const tracing = createTracing({ endpoint: `${collector.url}/`, headers, watcher: { lost: hear, regained: hear } })
  t.teardown(() => tracing.close())
  const request = () => tracing.begin({ id: 'a', method: 'POST', route: '/vault-session', headers: {} }).end(200, undefined)
  return {
    collector,
    tracing,
    heard,
    request,
    /** Resolves once the watcher has heard that much. */
    told: async (count: number) => { while (heard.length < count) await new Promise<void>((resolve) => more.push(resolve)) },
  }
}

t.test('spans go to the collector as OTLP, with who they are from', async (t) => {
  const { collector, tracing, request } = await setUp(t)
  request()
  await tracing.close()
  t.match(collector.requests, [{ path: '/v1/traces', headers: { 'content-type': 'application/x-protobuf' } }])
  t.match(collector.spans[0]?.resource, { 'service.name': 'vault-session-broker', 'service.version': version, 'service.instance.id': /^[0-9a-f-]{36}$/ })
})

t.test('the headers for the collector are those of the secret, as it is at that time', async (t) => {
  const headers = new Secret('x-team=a%20team,authorization=Bearer%20old')
  const { collector, tracing, request } = await setUp(t, headers)
  headers.replace('authorization=Bearer%20new')
  request()
  await tracing.close()
  t.match(collector.requests[0]?.headers, { authorization: 'Bearer new' })
})

t.test('a request to an unknown path is named by its method alone', async (t) => {
  const { collector, tracing } = await setUp(t)
  tracing.begin({ id: 'a', method: 'GET', route: undefined, headers: {} }).end(404, 'not_found')
  await tracing.close()
  t.match(collector.spans, [{ name: 'GET', attributes: { 'error.type': 'not_found' } }])
})

const failures: Array<[what: string, failure: string, start: (t: Test) => Promise<string>]> = [
  ['a certificate that nobody has signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', async (t) => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keyType: 'ec', algorithm: 'sha256' })
    return listen(t, createServer({ cert, key }), 'https')
  }],
  ['a collector that asks to come back too late', 'no_answer', async (t) =>
    (await httpUpstream(t, (_request, response) => response.writeHead(503, { 'retry-after': '60' }).end())).url],
]
for (const [what, failure, start] of failures) {
  t.test(`${what} is told of as ${failure}`, async (t) => {
    const heard: unknown[] = []
    const tracing = createTracing({ endpoint: await start(t), headers: undefined, watcher: { lost: (facts) => heard.push(facts), regained: t.fail } })
    tracing.begin({ id: 'a', method: 'POST', route: undefined, headers: {} }).end(200, undefined)
    await tracing.close()
    t.strictSame(heard, [{ failure }])
  })
}

t.test('a collector that refuses is told of once, and so is that it takes spans again', async (t) => {
  const { collector, heard, request, told } = await setUp(t)
  collector.answer(400)
  for (let i = 0; i < BATCH; i++) request()
  await told(1)
  t.strictSame(heard, [{ failure: 'status_400' }])
  collector.answer(200)
  for (let i = 0; i < BATCH; i++) request()
  await told(2)
  t.match(heard[1], { lost_for_ms: Number })
  t.equal(collector.spans.length, BATCH)
})

t.test('a collector that cannot be reached, or never answers, holds up the end for two seconds at most', async (t) => {
  const { url: silent } = await httpUpstream(t, () => {})
  for (const endpoint of ['http://127.0.0.1:1', silent]) {
    const tracing = createTracing({ endpoint, headers: undefined, watcher: { lost: () => {}, regained: () => {} } })
    tracing.begin({ id: 'a', method: 'POST', route: undefined, headers: {} }).end(200, undefined)
    const since = performance.now()
    await tracing.close()
    t.ok(performance.now() - since < 4_000, endpoint)
  }
})

/** Lists what was loaded of OpenTelemetry, as the process ends. */
const TELL_LOADED = 'data:text/javascript,' + encodeURIComponent(`
  import { Module } from 'node:module'
  process.on('exit', () => console.log('loaded ' + Object.keys(Module._cache).filter((name) => name.includes('@opentelemetry')).length))
`)

t.test('nothing of OpenTelemetry is loaded unless there is a collector', async (t) => {
  const loaded = async (variables: Record<string, string>) => {
    const server = await startServer(t, { ...environment, ...variables }, { program: 'dist/server.js', preload: TELL_LOADED })
    server.kill('SIGTERM')
    await server.exit
    return Number(/^loaded (\d+)$/m.exec(server.output())?.[1])
  }
  t.equal(await loaded({ OTEL_SERVICE_NAME: 'a' }), 0)
  t.ok(await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }) > 10)
})

t.test('the process heeds the other variables of OpenTelemetry, and its spans are out before it ends', async (t) => {
  const collector = await startCollector(t)
  const upstream = await httpUpstream(t)
  const variables = {
    ...environment,
    APIDECK_BASE_URL: upstream.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_SERVICE_NAME: 'vaults',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production,k8s.pod.name=vaults%2D1',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20canary-of-the-collector',
  }
  const server = await startServer(t, variables, { program: 'dist/server.js' })
  t.equal((await send(`${server.url}/vault-session`, { method: 'POST' })).status, 200)
  server.kill('SIGTERM')
  t.equal(await server.exit, 0)
  t.match(collector.spans.map(({ resource }) => resource), [{ 'service.name': 'vaults', 'deployment.environment.name': 'production', 'k8s.pod.name': 'vaults-1' }])
  t.equal(collector.requests[0]?.headers.authorization, 'Bearer canary-of-the-collector')
  t.notMatch(server.output(), 'canary')

  const spans = collector.spans.length
  const off = await startServer(t, { ...variables, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, { program: 'dist/server.js' })
  t.equal((await send(`${off.url}/vault-session`, { method: 'POST' })).status, 200)
  off.kill('SIGTERM')
  t.equal(await off.exit, 0)
  t.equal(collector.spans.length, spans)
})
