import { inspect } from 'node:util'
import t, { type Test } from 'tap'
import { ConfigError, describeConfig, readConfig } from '../src/config.js'
import { API_KEY, environment } from './helpers/environment.js'

t.test('the configuration is grouped by the part that takes it', async (t) => {
  const config = readConfig({ ...environment, ALLOWED_ORIGINS: 'https://app.acme.com', TRUSTED_PROXIES: '10.0.0.0/8' })
  t.match(config, {
    server: { host: '127.0.0.1', port: 0, trustedProxies: ['10.0.0.0/8'], shutdownDelayMs: 0, shutdownTimeoutMs: 10_000 },
    log: { level: 'info' },
    identity: { kind: 'static', consumerId: 'acme' },
    origins: ['https://app.acme.com'],
    session: { policy: {}, redirectUris: [] },
    limits: { max: 30, windowMs: 60_000, redisUrl: undefined },
    upstream: { baseUrl: 'https://unify.apideck.com', appId: 'app-1', vaultHosts: ['vault.apideck.com'], timeoutMs: 10_000, connections: 64 },
  })
  t.equal(config.upstream.apiKey.reveal(), API_KEY)
})

t.test('it is frozen, all the way down', async (t) => {
  const config = readConfig({ ...environment, ALLOWED_ORIGINS: 'https://app.acme.com' })
  const pending: unknown[] = [config]
  for (const value of pending) {
    if (typeof value !== 'object' || value === null) continue
    t.ok(Object.isFrozen(value), inspect(value))
    pending.push(...Object.values(value) as unknown[])
  }
})

t.test('printing it does not show a secret', async (t) => {
  const config = readConfig(environment)
  t.notMatch(inspect(config, { depth: 9, showHidden: true }) + JSON.stringify(config), /canary/)
})

t.test('a redirect URI without a path is an origin, any other a URL in its parsed form', async (t) => {
  const { session } = readConfig({ ...environment, ALLOWED_REDIRECT_URIS: 'https://app.acme.com,https://b.acme.com/,https://c.acme.com?x=1' })
  t.strictSame(session.redirectUris, ['https://app.acme.com', 'https://b.acme.com/', 'https://c.acme.com/?x=1'])
})

t.test('a session policy comes from its file', async (t) => {
  const directory = t.testdir({ 'policy.json': '{"max_session_length":"30m"}' })
  const { session } = readConfig({ ...environment, SESSION_POLICY_FILE: `${directory}/policy.json` })
  t.strictSame(session.policy, { max_session_length: '30m' })
})

t.test('every fault is reported at once, without a value', async (t) => {
  const directory = t.testdir({ 'policy.json': '{"caller_field":[]}' })
  const error = t.throws(() => readConfig({ APIDECK_API_KEY: 'Bearer canary', PORT: 'canary', ALLOWED_ORIGINS: 'canary', ALLOWED_REDIRECT_URIS: 'canary', SESSION_POLICY_FILE: `${directory}/policy.json` }))
  t.type(error, ConfigError)
  t.strictSame((error as ConfigError).faults.map((fault) => fault.split(' ', 1)[0]), [
    'APIDECK_APP_ID', 'IDENTITY', 'APIDECK_API_KEY', 'PORT', 'ALLOWED_ORIGINS', 'ALLOWED_REDIRECT_URIS', 'SESSION_POLICY_FILE:',
  ])
  t.notMatch((error as ConfigError).message, /canary/)
})

t.test('a policy file that cannot be read is a fault', async (t) => {
  t.throws(() => readConfig({ ...environment, SESSION_POLICY_FILE: '/nowhere.json' }), { name: 'ConfigError', faults: ['SESSION_POLICY_FILE names a file that cannot be read (ENOENT)'] })
})

t.test('it is described as NAME=value, a line each, a secret as set', async (t) => {
  const lines = describeConfig({ ...environment, VAULT_HOSTS: 'a.example,b.example' })
  for (const line of ['APIDECK_API_KEY=set', 'APIDECK_APP_ID=app-1', 'PORT=0', 'VAULT_HOSTS=a.example,b.example', 'REDIS_URL=', 'UPSTREAM_TIMEOUT_MS=10000', 'session policy: {}']) {
    t.ok(lines.includes(line), line)
  }
  t.notMatch(lines.join('\n'), /canary/)
})

const token = { ...environment, APIDECK_CONSUMER_ID: '', IDENTITY: 'jwt', JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'vault' }

t.test('tokens are accepted by what is told of them', async (t) => {
  t.strictSame({ ...readConfig(token).identity }, {
    kind: 'jwt',
    issuer: 'https://issuer.example',
    audience: 'vault',
    jwksUri: undefined,
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    consumerClaim: 'sub',
    header: undefined,
    cookie: undefined,
  })
  t.match(readConfig({ ...token, JWT_HEADER: 'Cf-Access-Jwt-Assertion', JWT_COOKIE: '__Host-session', JWT_ALGORITHMS: 'ES384, PS512' }).identity, {
    header: 'cf-access-jwt-assertion', cookie: '__Host-session', algorithms: ['ES384', 'PS512'],
  })
})

t.test('the gateway is known by its header, its secret and its addresses', async (t) => {
  const { identity, server } = readConfig({
    ...environment, APIDECK_CONSUMER_ID: '', IDENTITY: 'gateway', GATEWAY_SECRET: 'gateway-canary-1', TRUSTED_PROXIES: '10.0.0.0/8', GATEWAY_CONSUMER_HEADER: 'X-Org',
  })
  t.match(identity, { kind: 'gateway', consumerHeader: 'x-org' })
  t.equal(identity.kind === 'gateway' && identity.secret.reveal(), 'gateway-canary-1')
  t.strictSame(server.trustedProxies, ['10.0.0.0/8'])
})

t.test('every secret is known to the log, a password in a URL too', async (t) => {
  const secrets = (variables: Record<string, string>) => readConfig({ ...environment, ...variables }).log.secrets.map((secret) => secret.reveal())
  t.strictSame(secrets({}), [API_KEY])
  t.strictSame(secrets({ REDIS_URL: 'rediss://user:long%20canary@redis.internal:6380/1' }), [API_KEY, 'rediss://user:long%20canary@redis.internal:6380/1', 'long canary'])
  t.strictSame(secrets({ REDIS_URL: 'redis://redis.internal' }), [API_KEY, 'redis://redis.internal', ''])
})

/** A configuration whose every secret comes from a file, with what the files are to hold. */
function fromFiles (t: Test, contents: Record<string, string>) {
  const directory = t.testdir(contents)
  return readConfig({
    APIDECK_APP_ID: 'app-1',
    IDENTITY: 'gateway',
    TRUSTED_PROXIES: '10.0.0.0/8',
    ...Object.fromEntries(Object.keys(contents).map((name) => [`${name}_FILE`, `${directory}/${name}`])),
  })
}

t.test('each secret that came from a file is told of with its file', async (t) => {
  t.strictSame(readConfig(environment).secretFiles, [])
  const { secretFiles } = fromFiles(t, { APIDECK_API_KEY: 'sk_live_1', GATEWAY_SECRET: 'gateway-canary-1\n', REDIS_URL: 'redis://127.0.0.1' })
  t.strictSame(secretFiles.map(({ variable, path }) => [variable, path]), ['APIDECK_API_KEY', 'GATEWAY_SECRET', 'REDIS_URL'].map((name) => [name, `${t.testdirName}/${name}`]))
})

t.test('a secret that is replaced is replaced for every part, and for the log', async (t) => {
  const config = fromFiles(t, { APIDECK_API_KEY: 'sk_live_1', GATEWAY_SECRET: 'gateway-canary-1', REDIS_URL: 'redis://:password-1@127.0.0.1' })
  for (const { variable, secret } of config.secretFiles) secret.replace({ APIDECK_API_KEY: 'sk_live_2', GATEWAY_SECRET: 'gateway-canary-2', REDIS_URL: 'redis://:password-2@127.0.0.1' }[String(variable)] ?? '')
  t.equal(config.upstream.apiKey.reveal(), 'sk_live_2')
  t.equal(config.identity.kind === 'gateway' && config.identity.secret.reveal(), 'gateway-canary-2')
  t.equal(config.limits.redisUrl?.reveal(), 'redis://:password-2@127.0.0.1')
  t.strictSame(config.log.secrets.map((secret) => secret.known()), [
    ['sk_live_2', 'sk_live_1'],
    ['gateway-canary-2', 'gateway-canary-1'],
    ['redis://:password-2@127.0.0.1', 'redis://:password-1@127.0.0.1'],
    ['password-2', 'password-1'],
  ])
})

t.test('another value of a secret is held to the rules of the first', async (t) => {
  const { secretFiles } = fromFiles(t, { APIDECK_API_KEY: 'sk_live_1', GATEWAY_SECRET: 'gateway-canary-1', REDIS_URL: 'redis://127.0.0.1' })
  const rows: Array<[variable: string, good: string, bad: string[]]> = [
    ['APIDECK_API_KEY', 'sk_live_2', ['', 'sk_live', 'Bearer sk_live_2', 'sk_live_2\nx-evil: 1', 'x'.repeat(4_097)]],
    ['GATEWAY_SECRET', 'gateway-canary-2', ['', 'x'.repeat(15), 'a secret with spaces', 'gateway-canary-\ufffd']],
    ['REDIS_URL', 'rediss://:password@127.0.0.1/1', ['', 'http://127.0.0.1', 'redis://:%ff@127.0.0.1']],
  ]
  for (const [name, good, bad] of rows) {
    const file = secretFiles.find(({ variable }) => variable === name)
    t.equal(file?.isFit(good), true, good)
    for (const value of bad) t.equal(file?.isFit(value), false, JSON.stringify(value.slice(0, 40)))
  }
})

t.test('a secret is described as set, whichever it is', async (t) => {
  const lines = describeConfig({
    ...environment, APIDECK_CONSUMER_ID: '', IDENTITY: 'gateway', GATEWAY_SECRET: 'gateway-canary-1', TRUSTED_PROXIES: '10.0.0.0/8', REDIS_URL: 'redis://:canary@redis.internal',
  })
  t.match(lines.join('\n'), /^GATEWAY_SECRET=set$[^]*^REDIS_URL=set$/m)
  t.notMatch(lines.join('\n'), /canary/)
})

t.test('the policy is described too, with what claims fill', async (t) => {
  const directory = t.testdir({ 'policy.json': '{"consumer_metadata_claims":{"email":"email"}}' })
  t.equal(describeConfig({ ...token, SESSION_POLICY_FILE: `${directory}/policy.json` }).at(-1), 'session policy: {"consumer_metadata_claims":{"email":"email"}}')
})
