import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import { ConfigError, readConfig } from '../../src/config.js'
import { secretNames } from '../../src/config/variables.js'
import { EnvironmentSchema } from '../../src/schemas/environment.js'
import { mounted, replacements, variables } from './environment.js'
import { base, readKustomization, readManifests, thePod } from './manifests.js'

/* The configuration and the secrets that the manifests give the broker, held to what it reads and takes. */

const { pod } = thePod()
const readme = readFileSync(`${base}/README.md`, 'utf8')

for (const name of Object.keys(variables)) {
  t.test(`${name} is a variable that the broker reads`, async (t) => {
    const isSecretFile = secretNames.some((secret) => name === `${secret}_FILE`)
    t.ok(name in EnvironmentSchema.properties || isSecretFile)
    t.notOk(secretNames.some((secret) => secret === name), 'a secret comes from a file')
  })
}

t.test('the broker takes the configuration once everything is replaced', async (t) => {
  const config = readConfig({ ...variables, ...replacements }, mounted)
  t.equal(config.identity.kind, 'gateway')
  t.strictSame(config.secretFiles.map(({ variable }) => variable), ['APIDECK_API_KEY', 'GATEWAY_SECRET', 'REDIS_URL'], 'each secret is followed')
  t.strictSame(config.session.policy, { max_session_length: '1h' })
  t.match(config.server, { port: 3000, metricsPort: 9464 })
})

t.test('what is to be replaced is marked, and nothing else', async (t) => {
  t.strictSame(Object.keys(variables).filter((name) => variables[name]?.includes('REPLACE')).sort(), Object.keys(replacements).sort())
})

for (const name of Object.keys(replacements)) {
  t.test(`the broker does not start where ${name} is left to be replaced`, async (t) => {
    const left = { ...variables, ...replacements, [name]: variables[name] }
    t.throws(() => readConfig(left, mounted), new ConfigError([`${name} must be ${expected(name)}`]))
  })
}

function expected (name: string): string {
  const schemas: Record<string, Record<string, unknown>> = EnvironmentSchema.properties
  return String(schemas[name]?.['x-expected'])
}

t.test('secrets are in no manifest', async (t) => {
  t.notOk(readManifests(base).some(({ kind }) => kind === 'Secret'))
  t.notOk('secretGenerator' in readKustomization(base))
})

t.test('they come from one Secret, without which no pod starts, for the broker\'s group alone', async (t) => {
  const [secret, ...others] = pod.volumes.flatMap(({ secret }) => secret ?? [])
  t.strictSame(secret, { secretName: 'vault-session-broker', defaultMode: 0o440 })
  t.strictSame(others, [])
})

t.test('README.md makes that Secret, with a key for each file', async (t) => {
  const [, command = ''] = /(create secret generic [^]*?)```/.exec(readme) ?? []
  t.match(command, /^create secret generic vault-session-broker /)
  const keys = Array.from(command.matchAll(/--from-file=([\w-]+)/g), ([, key]) => key)
  const paths = secretNames.flatMap((name) => variables[`${name}_FILE`] ?? [])
  t.strictSame(keys, paths.map((path) => basename(path)))
})

t.test('replicas share their limits', async (t) => {
  t.ok(readConfig({ ...variables, ...replacements }, mounted).limits.redisUrl)
})
