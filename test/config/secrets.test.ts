import t from 'tap'
import { secretFilesIn, secretsIn, secretsOfLog } from '../../src/config/secrets.js'
import type { Environment } from '../../src/schemas/environment.js'

const environment = { APIDECK_API_KEY: 'sk_live_1', REDIS_URL: 'redis://:pass%20word@127.0.0.1', APIDECK_APP_ID: 'app-1' } as Environment

t.test('there is a secret for each that is set, and for nothing else', async (t) => {
  t.strictSame(Object.keys(secretsIn(environment)), ['APIDECK_API_KEY', 'REDIS_URL'])
})

t.test('a password follows the URL that it stands in', async (t) => {
  const secrets = secretsIn(environment)
  const password = secretsOfLog(secrets).at(-1)
  t.equal(password?.reveal(), 'pass word')
  secrets.REDIS_URL?.replace('redis://127.0.0.1')
  t.equal(password?.reveal(), '')
  secrets.REDIS_URL?.replace('redis://:another@127.0.0.1')
  t.strictSame(password?.known(), ['another', '', 'pass word'])
  secrets.REDIS_URL?.replace('no URL')
  t.equal(password?.reveal(), '')
})

t.test('without a URL there is no password', async (t) => {
  t.equal(secretsOfLog(secretsIn({ ...environment, REDIS_URL: undefined } as unknown as Environment)).length, 1)
})

t.test('a file is one that a variable names, of a secret that is set', async (t) => {
  const files = secretFilesIn(secretsIn(environment), { APIDECK_API_KEY_FILE: '/run/key', REDIS_URL_FILE: '', GATEWAY_SECRET_FILE: '/run/unused', APIDECK_APP_ID_FILE: '/run/app' })
  t.match(files, [{ variable: 'APIDECK_API_KEY', path: '/run/key' }])
  t.equal(files.length, 1)
})
