import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { withoutPackages } from '../helpers/programs.js'

/* Two linters of others, each with its own strictest rules for OpenAPI, on the document of each identity. */

const run = promisify(execFile)
const folder = 'test/conformance'
const quiet = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }

const linters: Array<[name: string, program: string, options: string[]]> = [
  ['spectral', '@stoplight/spectral-cli/dist/index.js', ['lint', '--ruleset', `${folder}/spectral.yaml`, '--fail-severity', 'hint']],
  ['redocly', '@redocly/cli/bin/cli.js', ['lint', '--config', `${folder}/redocly.yaml`]],
]

const identities: Array<Record<string, string>> = [
  { IDENTITY: 'static' },
  { IDENTITY: 'jwt', APIDECK_CONSUMER_ID: '', JWT_ISSUER: 'https://127.0.0.1:1', JWT_AUDIENCE: 'broker', JWT_HEADER: 'cf-access-jwt-assertion', JWT_COOKIE: '__Host-token' },
  { IDENTITY: 'gateway', APIDECK_CONSUMER_ID: '', GATEWAY_SECRET: '0123456789abcdef', TRUSTED_PROXIES: '127.0.0.1' },
]

t.test('the document is clean', { skip: withoutPackages(folder) }, async (t) => {
  const documents = await Promise.all(identities.map(async (variables) => {
    const broker = await startBroker(t, variables)
    return [`of ${variables['IDENTITY']}`, (await broker.send({ method: 'GET', path: '/openapi.json' })).text] as const
  }))
  const directory = t.testdir(Object.fromEntries(documents.map(([name, text]) => [`${name}.json`, text])))
  for (const [name, program, options] of linters) {
    for (const file of ['openapi.json', ...documents.map(([name]) => `${directory}/${name}.json`)]) {
      t.test(`to ${name}: ${file.replace(/^.*\//, '')}`, async (t) => {
        const outcome = await run(process.execPath, [`${folder}/node_modules/${program}`, ...options, file], { env: quiet })
          .catch((error: { stdout: string, stderr: string }) => error)
        t.notOk('code' in outcome, outcome.stdout + outcome.stderr)
        t.notMatch(outcome.stdout + outcome.stderr, /warning(?!:)/i)
      })
    }
  }
})
