import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TSchema } from '@sinclair/typebox'
import t from 'tap'
import { BrokerError, catalogue } from '../src/errors.js'
import { secretNames } from '../src/config/variables.js'
import { Metrics } from '../src/metrics/metrics.js'
import { toApideckError } from '../src/plugins/apideck-error.js'
import { toProblem } from '../src/plugins/problems.js'
import { EnvironmentSchema } from '../src/schemas/environment.js'
import { SessionSchema, sdkDefaults } from '../src/schemas/session.js'
import { startBroker } from './helpers/broker.js'
import { API_KEY } from './helpers/environment.js'
import { version } from '../src/version.js'

/* What the documents say of variables, codes and files, held to the code both ways. */

const read = (file: string) => readFileSync(file, 'utf8')

interface Variable { name: string, description: string, expected: string, isSecret: boolean, isRequired: boolean, fallback: string }

const variables = Object.entries(EnvironmentSchema.properties).map(([name, schema]: [string, Record<string, unknown>]): Variable => ({
  name,
  description: String(schema['description']),
  expected: String(schema['x-expected']),
  isSecret: schema['x-secret'] === true,
  isRequired: (EnvironmentSchema.required as readonly string[]).includes(name) && schema['default'] === undefined,
  fallback: String(schema['default'] ?? ''),
}))

t.test('.env.example has every variable, in order, with its meaning and default', async (t) => {
  const blocks = read('.env.example').trim().split('\n\n').slice(1)
  t.strictSame(blocks, variables.map(({ name, description, isSecret, isRequired, fallback }) => [
    `# ${description}`,
    ...(isSecret ? [`Or the file that ${name}_FILE names.`] : []),
    ...(isRequired ? ['Required.'] : []),
    ...(fallback === '' ? [] : [`Default: ${fallback}`]),
  ].join(' ') + `\n${name}=`))
})

/** The cells of a table's rows whose first cell is code, anywhere in a document. */
function rows (file: string): string[][] {
  return read(file).split('\n').filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(/ \| /).map((cell) => cell.trim().replaceAll('\\|', '|')))
}

t.test('docs/configuration.md has every variable, in order, with its meaning, form and default', async (t) => {
  const table = rows('docs/configuration.md').filter(([name = '']) => /^`[A-Z]/.test(name))
  t.strictSame(table, variables.map(({ name, description, expected, isSecret, isRequired, fallback }) => [
    `\`${name}\`${isSecret ? ' ¹' : ''}`,
    description,
    expected,
    isRequired ? 'required' : fallback === '' ? '' : `\`${fallback}\``,
  ]))
})

/** The properties of a Session that are no branches, as `docs/session.md` lists them. */
function properties (branch: Record<string, TSchema>, prefix = ''): string[][] {
  return Object.entries(branch).flatMap(([name, schema]) => {
    if (schema['properties'] !== undefined) return properties(schema['properties'] as Record<string, TSchema>, `${prefix}${name}.`)
    const items = schema['items'] as TSchema | undefined
    return [[`\`${prefix}${name}\``, String(schema['x-expected']) + (items === undefined ? '' : `, each ${String(items['x-expected'])}`)]]
  })
}

t.test('docs/session.md has every property, in order, with what it must be', async (t) => {
  t.strictSame(rows('docs/session.md'), properties(SessionSchema.properties))
})

const codes = Object.entries(catalogue).map(([code, { status }]) => `${code} ${status}`).sort()
for (const file of ['README.md', 'docs/errors.md']) {
  t.test(`${file} has every code of the catalogue with its status, and no other`, async (t) => {
    const table = rows(file).filter(([, status = '']) => /^\d{3}$/.test(status))
    t.strictSame(table.map(([code = '', status = '']) => `${code.replaceAll('`', '')} ${status}`).sort(), codes)
  })
}

t.test('docs/sdks.md shows an error as it is answered', async (t) => {
  const [, json = ''] = /## Errors\n\n```json\n([^]*?)```/.exec(read('docs/sdks.md')) ?? []
  const shown = JSON.parse(json) as { detail: { request_id: string } }
  const error = new BrokerError('policy_violation', { errors: [{ pointer: '/theme/vault_name', message: 'may not be set by callers' }] })
  t.strictSame(shown, toApideckError(toProblem(error, shown.detail.request_id)))
})

t.test('docs/sdks.md names each setting that SDKs fill in, with its default', async (t) => {
  const [, paragraph = ''] = /## What SDKs fill in\n([^]*?)Nobody can tell/.exec(read('docs/sdks.md')) ?? []
  const words = Array.from(paragraph.matchAll(/`(\w+)`/g), ([, word = '']) => word)
  const isName = (word: string) => word in sdkDefaults
  const told = words.filter(isName).map((name) => [name, words.slice(words.indexOf(name)).find((word) => !isName(word))])
  t.strictSame(Object.fromEntries(told), Object.fromEntries(Object.entries(sdkDefaults).map(([name, value]) => [name, String(value)])))
})

t.test('docs/errors.md says of each code that has a Retry-After of its own which it is', async (t) => {
  const text = read('docs/errors.md')
  for (const [code, { retryAfter }] of Object.entries(catalogue)) {
    const line = text.split('\n').find((line) => line.startsWith(`| \`${code}\``)) ?? ''
    if (retryAfter !== undefined) t.match(line, new RegExp(`Retry-After\`?(?::| is handed on, else) ${retryAfter}\\b`), code)
  }
})

t.test('docs/errors.md names the codes that are logged as errors', async (t) => {
  const [, paragraph = ''] = read('docs/errors.md').split('## In the log')
  const named = Array.from(paragraph.matchAll(/`(\w+_\w+)`/g), ([, code = '']) => code).sort()
  t.strictSame(named, Object.entries(catalogue).filter(([, { level }]) => level === 'error').map(([code]) => code).sort())
})

/** A measuring that has been handed all that there can be. */
function metricsOfAll (): Metrics {
  const metrics = new Metrics()
  metrics.watching('Redis', { lost: () => {}, regained: () => {} })
  metrics.reading({ upstream: { standing: { circuit: 'closed', inFlight: 0, waiting: 0 } }, connections: { count: 0 } })
  metrics.counting()
  metrics.replacing(secretNames)
  metrics.fetching()
  return metrics
}

t.test('docs/metrics.md has every metric with its type and help, and no other', async (t) => {
  const told = Array.from((await metricsOfAll().text()).matchAll(/^# HELP (\w+) (.+)\n# TYPE \w+ (\w+)$/gm), ([, name = '', help, type]) => [name, type, help])
  const isOurs = ([name = '']: ReadonlyArray<string | undefined>) => name.startsWith('vault_')
  const table = rows('docs/metrics.md').map(([name = '', type, , help]) => [name.replaceAll('`', ''), type, help])
  t.strictSame(table.filter(isOurs).sort(), told.filter(isOurs).sort())
  const [, paragraph = ''] = /^## Of the process\n([^]*?)(?:^## |$(?![^]))/m.exec(read('docs/metrics.md')) ?? []
  const named = Array.from(paragraph.matchAll(/`((?:process|nodejs)_\w+)`/g), ([, name = '']) => name)
  t.strictSame(named.sort(), told.filter((metric) => !isOurs(metric)).map(([name]) => name).sort())
})

t.test('docs/scaling.md names tests that are there, and the bounds that it reckons with', async (t) => {
  const text = read('docs/scaling.md')
  for (const [, name = ''] of text.matchAll(/`((?:journeys|faults)\/[\w-]+)`/g)) t.ok(existsSync(`test/${name}.test.ts`), name)
  const { default: usual, maximum } = EnvironmentSchema.properties.UPSTREAM_CONNECTIONS
  t.match(text, `\`UPSTREAM_CONNECTIONS\`, ${usual} by default: ${usual} / 0.3 s = ${Math.round(usual / 0.3)} sessions`)
  t.match(text, `At most ${maximum?.toLocaleString('en')}: `)
})

t.test('docs/operations.md asks the log for members that it has', async (t) => {
  const members = new Set(['docs/design.md', 'docs/audit.md'].flatMap((file) => rows(file)).flatMap(([names = '']) => Array.from(names.matchAll(/`(\w+)`/g), ([, name = '']) => name)))
  const [, beside = ''] = /^Beside it, each request([^]*?)^The broker never waits/m.exec(read('docs/design.md')) ?? []
  for (const [, name = ''] of beside.matchAll(/`(\w+)`/g)) members.add(name)
  const commands = read('docs/operations.md').split('\n').filter((line) => line.startsWith('jq '))
  t.ok(commands.length > 5, 'the commands are read')
  const asked = commands.flatMap((command) => [...command.matchAll(/\.(\w+)(?! *\.log)|[{,] *(\w+)/g)].map(([, member, shown]) => member ?? shown ?? ''))
  for (const name of asked) t.ok(['time', 'level', 'msg', 'log', ...members].includes(name), name)
})

t.test('docs/tracing.md names every attribute that a span can have, and no other', async (t) => {
  const documented = rows('docs/tracing.md').map((cells) => cells.at(-1) ?? '').join()
  const named = new Set(Array.from(documented.matchAll(/`([\w.]+)`/g), ([, name = '']) => name.replace(/^\./, 'vault_session_broker.')))
  const used = new Set(Array.from(read('src/tracing.ts').matchAll(/'((?:http|error|peer)\.[\w.]+)'|\$\{OURS\}(\w+)/g), ([, name, ours]) => name ?? `vault_session_broker.${ours}`))
  t.strictSame([...named].sort(), [...used].sort())
})

t.test('docs/metrics.md has every word of each label that there is from the start', async (t) => {
  const labels = new Map(rows('docs/metrics.md').map(([name = '', , labels = '']) => [name.replaceAll('`', ''), labels]))
  for (const [, name = '', label = '', word = ''] of (await metricsOfAll().text()).matchAll(/^(vault_\w+_(?:total|state))\{(\w+)="([^"]+)"\} /gm)) {
    if (label !== 'dependency') t.match(labels.get(name), `\`${word}\``, `${name}, ${label}`)
  }
})

t.test('docs/metrics.md names each dependency that there is, and so does the log\'s table', async (t) => {
  const metrics = new Metrics()
  await startBroker(t, {
    IDENTITY: 'jwt',
    APIDECK_CONSUMER_ID: '',
    JWT_ISSUER: 'https://127.0.0.1:1',
    JWT_AUDIENCE: 'broker',
    REDIS_URL: 'redis://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    APIDECK_API_KEY: '',
    APIDECK_API_KEY_FILE: join(t.testdir({ key: API_KEY }), 'key'),
  }, { metrics })
  const there = Array.from((await metrics.text()).matchAll(/dependency_up\{dependency="([^"]+)"/g), ([, name]) => name).sort()
  const [, table = ''] = read('docs/metrics.md').split('| `dependency` | 0 while |')
  t.strictSame(Array.from(table.matchAll(/^\| [^|]*`([^`]+)` \|/gm), ([, name]) => name).sort(), there)
  const [, words = ''] = /That a dependency \(([^]*?)\)/.exec(read('docs/design.md')) ?? []
  t.strictSame(Array.from(words.matchAll(/`([^`]+)`/g), ([, name]) => name).sort(), there)
})

for (const file of ['README.md', 'client/README.md', 'examples/README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/audit.md', 'docs/configuration.md', 'docs/gateways.md', 'docs/security-mapping.md', 'docs/session.md', 'docs/design.md', 'docs/decisions.md', 'docs/errors.md', 'docs/metrics.md', 'docs/nextjs.md', 'docs/operations.md', 'docs/performance.md', 'docs/reliability.md', 'docs/runbook.md', 'docs/same-origin.md', 'docs/scaling.md', 'docs/sdks.md', 'docs/tracing.md', 'docs/verify.md', 'docs/versioning.md', 'deploy/kubernetes/README.md']) {
  t.test(`the files and headings that ${file} links to are there`, async (t) => {
    for (const [, target = '', anchor] of read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)) {
      const path = target === '' ? file : join(dirname(file), target)
      t.ok(existsSync(path), target)
      if (anchor !== undefined) t.ok(read(path).split('\n').some((line) => slug(line) === anchor), `${target}#${anchor}`)
    }
  })
}

function slug (line: string): string | undefined {
  return /^#+ (.+)$/.exec(line)?.[1]?.toLowerCase().replaceAll(/[^\w -]/g, '').replaceAll(' ', '-')
}

t.test('SECURITY.md names tests that are there, for each guarantee', async (t) => {
  const [, section = ''] = read('SECURITY.md').split(/^### (?:What is guaranteed|Left).*$/m)
  const guarantees = section.split('\n').filter((line) => line.startsWith('| ')).slice(2)
  t.ok(guarantees.length > 10, 'the table is read')
  for (const guarantee of guarantees) {
    const names = Array.from(guarantee.split(' | ').at(-1)?.matchAll(/`([\w/-]+)`/g) ?? [], ([, name = '']) => name)
    t.ok(names.length > 0, guarantee)
    for (const name of names) t.ok(existsSync(`test/${name}.test.ts`) || existsSync(`test/${name}`), name)
  }
})

t.test('docs/reliability.md names a test that is there, for each promise', async (t) => {
  const [, section = ''] = read('docs/reliability.md').split(/^## (?:Promises|Figures)$/m)
  const promises = section.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:---|promise)/.test(line))
  t.ok(promises.length > 20, 'the tables are read')
  for (const promise of promises) {
    const names = Array.from(promise.split(' | ').at(-1)?.matchAll(/`([\w/-]+)`/g) ?? [], ([, name = '']) => name)
    t.ok(names.length > 0, promise)
    for (const name of names) t.ok(existsSync(`test/${name}.test.ts`), name)
  }
})

t.test('docs/security-mapping.md names files and tests that are there', async (t) => {
  const names = Array.from(read('docs/security-mapping.md').matchAll(/`((?:src|docs|test|config|conformance|identity|journeys|limits|openapi|plugins|policy|routes|schemas|upstream|faults)\/[\w/.-]+)`/g), ([, name = '']) => name)
  t.ok(names.length > 50, 'the tables are read')
  for (const name of new Set(names)) t.ok(existsSync(name) || existsSync(`test/${name}.test.ts`) || existsSync(`test/${name}`), name)
})

t.test('the files that README.md tells to read are there', async (t) => {
  const [, section = ''] = read('README.md').split('## Reading the source')
  for (const [, path = ''] of section.matchAll(/`(src\/[\w/.-]+)`/g)) t.ok(existsSync(path), path)
})

t.test('CHANGELOG.md has this version', async (t) => {
  t.match(read('CHANGELOG.md'), new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\]`, 'm'))
})
