import t from 'tap'
import { isFit, needed, readVariables, secretNames, type Variables } from '../../src/config/variables.js'
import { environment } from '../helpers/environment.js'

/** What the variables are read as, with files that hold what is given here. */
function read (variables: Variables, contents: Record<string, string> = {}) {
  const faults: string[] = []
  const values = readVariables(variables, { read: (_variable, path) => contents[path] }, faults)
  return { values, faults }
}

t.test('the least that is needed, with every default', async (t) => {
  const { values, faults } = read(environment)
  t.strictSame(faults, [])
  t.match(values, {
    APIDECK_BASE_URL: 'https://unify.apideck.com',
    HOST: '127.0.0.1',
    PORT: 0,
    LOG_LEVEL: 'info',
    ALLOWED_ORIGINS: [],
    ALLOWED_REDIRECT_URIS: [],
    VAULT_HOSTS: ['vault.apideck.com'],
    TRUSTED_PROXIES: [],
    UPSTREAM_TIMEOUT_MS: 10_000,
    UPSTREAM_CONNECTIONS: 64,
    RATE_LIMIT_MAX: 30,
    RATE_LIMIT_WINDOW_MS: 60_000,
    SHUTDOWN_DELAY_MS: 0,
    SHUTDOWN_TIMEOUT_MS: 10_000,
  })
})

t.test('an empty variable counts as unset', async (t) => {
  const { values, faults } = read({ ...environment, PORT: '', LOG_LEVEL: '', REDIS_URL: '', APIDECK_API_KEY_FILE: '' })
  t.strictSame(faults, [])
  t.match(values, { PORT: 3000, LOG_LEVEL: 'info' })
})

t.test('a list is split at its commas', async (t) => {
  const { values } = read({ ...environment, ALLOWED_ORIGINS: 'https://a.example, http://localhost:4000' })
  t.strictSame(values.ALLOWED_ORIGINS, ['https://a.example', 'http://localhost:4000'])
})

t.test('a secret comes from its file, white space around it trimmed', async (t) => {
  const { APIDECK_API_KEY: _, ...others } = environment
  const { values, faults } = read({ ...others, APIDECK_API_KEY_FILE: '/run/key' }, { '/run/key': '\n sk_live_file\n' })
  t.strictSame(faults, [])
  t.equal(values.APIDECK_API_KEY, 'sk_live_file')
})

const key = 'APIDECK_API_KEY must be the key alone, without Bearer and white space'
const origins = 'ALLOWED_ORIGINS must be origins such as https://app.example.com (http to loopback alone), comma-separated'
const redirects = 'ALLOWED_REDIRECT_URIS must be origins or canonical https URLs (http to loopback alone), comma-separated'
const base = 'APIDECK_BASE_URL must be an https URL (http to loopback alone) without userinfo, query and fragment'
const hosts = 'VAULT_HOSTS must be host names in lower case, with a port where it is not 443, comma-separated'
const level = 'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent'
const port = 'PORT must be a whole number from 0 to 65535'

const jwks = 'JWT_JWKS_URI must be an https URL (http to loopback alone) without userinfo and fragment'
const algorithms = 'JWT_ALGORITHMS must be some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, comma-separated'
const header = 'must be the name of a header, without underscores, that means nothing else here'
const redis = 'REDIS_URL must be a redis or rediss URL without query and fragment'

const token = { APIDECK_CONSUMER_ID: '', IDENTITY: 'jwt', JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'vault' }
const gateway = { APIDECK_CONSUMER_ID: '', IDENTITY: 'gateway', GATEWAY_SECRET: 'x'.repeat(16), TRUSTED_PROXIES: '10.0.0.0/8' }

const rows: Array<[variables: Record<string, string>, fault: string]> = [
  [{ APIDECK_API_KEY: '' }, 'APIDECK_API_KEY is required'],
  [{ APIDECK_API_KEY: 'Bearer sk_live_1' }, key],
  [{ APIDECK_API_KEY: 'sk_live_1\nx-evil: 1' }, key],
  [{ APIDECK_API_KEY: 'short' }, key],
  [{ APIDECK_API_KEY_FILE: '/both' }, 'APIDECK_API_KEY and APIDECK_API_KEY_FILE are both set; one of them must go'],
  [{ APIDECK_API_KEY: '', APIDECK_API_KEY_FILE: '/empty' }, 'APIDECK_API_KEY_FILE names an empty file'],
  [{ APIDECK_APP_ID: '' }, 'APIDECK_APP_ID is required'],
  [{ APIDECK_APP_ID: '', APIDECK_APP_ID_FILE: '/both' }, 'APIDECK_APP_ID is required'],
  [{ IDENTITY: '', IDENTITY_FILE: '/both', APIDECK_CONSUMER_ID: '' }, 'IDENTITY is required'],
  [{ APIDECK_APP_ID: 'a b' }, 'APIDECK_APP_ID must be an ID of at most 255 characters, without white space'],
  [{ APIDECK_BASE_URL: 'http://unify.apideck.com' }, base],
  [{ APIDECK_BASE_URL: 'https://u:p@unify.apideck.com' }, base],
  [{ APIDECK_CONSUMER_ID: '' }, 'APIDECK_CONSUMER_ID is required with IDENTITY=static'],
  [{ APIDECK_CONSUMER_ID: 'ac me' }, 'APIDECK_CONSUMER_ID must be 1 to 255 of A-Z a-z 0-9 . _ : @ / + = | ~ -'],
  [{ HOST: 'a b' }, 'HOST must be an IP address or a host name'],
  [{ PORT: '80a' }, port],
  [{ PORT: '65536' }, port],
  [{ PORT: '-1' }, port],
  [{ PORT: '1.5' }, port],
  [{ PORT: '0x50' }, port],
  [{ PORT: '8e1' }, port],
  [{ PORT: ' 80 ' }, port],
  [{ LOG_LEVEL: 'loud' }, level],
  [{ TRUSTED_PROXIES: '10.0.0.0/8,proxy' }, 'TRUSTED_PROXIES must be IP addresses or CIDRs (no larger than /8, in IPv6 /7), comma-separated'],
  [{ ALLOWED_ORIGINS: '*' }, origins],
  [{ ALLOWED_ORIGINS: 'null' }, origins],
  [{ ALLOWED_ORIGINS: 'https://*.example.com' }, origins],
  [{ ALLOWED_ORIGINS: 'http://app.example.com' }, origins],
  [{ ALLOWED_ORIGINS: 'https://a.example,' }, origins],
  [{ ALLOWED_ORIGINS: 'https://a.example/path' }, origins],
  [{ ALLOWED_REDIRECT_URIS: 'https://a.example//b' }, redirects],
  [{ ALLOWED_REDIRECT_URIS: 'https://*.example.com' }, redirects],
  [{ VAULT_HOSTS: '*.apideck.com' }, hosts],
  [{ VAULT_HOSTS: 'https://vault.apideck.com' }, hosts],
  [{ UPSTREAM_TIMEOUT_MS: '0' }, 'UPSTREAM_TIMEOUT_MS must be a whole number from 100 to 120000'],
  [{ UPSTREAM_CONNECTIONS: '0' }, 'UPSTREAM_CONNECTIONS must be a whole number from 1 to 1024'],
  [{ RATE_LIMIT_MAX: '0' }, 'RATE_LIMIT_MAX must be a whole number from 1 to 1000000'],
  [{ IDENTITY: 'oauth', APIDECK_CONSUMER_ID: '' }, 'IDENTITY must be one of jwt, gateway, static'],
  [{ JWT_ISSUER: 'https://issuer.example' }, 'JWT_ISSUER has no meaning with IDENTITY=static'],
  [{ GATEWAY_SECRET: 'x'.repeat(16) }, 'GATEWAY_SECRET has no meaning with IDENTITY=static'],
  [{ ...token, JWT_ISSUER: '' }, 'JWT_ISSUER is required with IDENTITY=jwt'],
  [{ ...token, JWT_ISSUER: 'http://issuer.example' }, 'JWT_ISSUER must be an https URL (http to loopback alone) without userinfo, query and fragment'],
  [{ ...token, JWT_ISSUER: 'issuer.example' }, 'JWT_ISSUER must be an https URL (http to loopback alone) without userinfo, query and fragment'],
  [{ ...token, JWT_AUDIENCE: '' }, 'JWT_AUDIENCE is required with IDENTITY=jwt'],
  [{ ...token, JWT_AUDIENCE: 'a b' }, 'JWT_AUDIENCE must be at most 255 characters, without white space'],
  [{ ...token, JWT_JWKS_URI: 'http://issuer.example/jwks' }, jwks],
  [{ ...token, JWT_JWKS_URI: 'https://user:pass@issuer.example/jwks' }, jwks],
  [{ ...token, JWT_JWKS_URI: 'https://issuer.example/jwks#key' }, jwks],
  [{ ...token, JWT_ALGORITHMS: 'HS256' }, algorithms],
  [{ ...token, JWT_ALGORITHMS: 'RS256,none' }, algorithms],
  [{ ...token, JWT_ALGORITHMS: 'rs256' }, algorithms],
  [{ ...token, JWT_CONSUMER_CLAIM: 'a\nb' }, 'JWT_CONSUMER_CLAIM must be the name of a claim, of at most 255 characters, that differs from caller to caller'],
  [{ ...token, JWT_HEADER: 'Authorization' }, `JWT_HEADER ${header}`],
  [{ ...token, JWT_HEADER: 'x_token' }, `JWT_HEADER ${header}`],
  [{ ...token, JWT_HEADER: 'X-Apideck-Consumer-Id' }, `JWT_HEADER ${header}`],
  [{ ...token, JWT_COOKIE: 'a b' }, 'JWT_COOKIE must be the name of a cookie, of at most 64 characters'],
  [{ ...token, GATEWAY_CONSUMER_HEADER: 'x-org' }, 'GATEWAY_CONSUMER_HEADER has no meaning with IDENTITY=jwt'],
  [{ ...token, APIDECK_CONSUMER_ID: 'acme' }, 'APIDECK_CONSUMER_ID has no meaning with IDENTITY=jwt'],
  [{ ...gateway, GATEWAY_SECRET: '' }, 'GATEWAY_SECRET is required with IDENTITY=gateway'],
  [{ ...gateway, GATEWAY_SECRET: 'x'.repeat(15) }, 'GATEWAY_SECRET must be at least 16 characters of printable ASCII, without white space'],
  [{ ...gateway, GATEWAY_SECRET: 'a secret with spaces' }, 'GATEWAY_SECRET must be at least 16 characters of printable ASCII, without white space'],
  [{ ...gateway, TRUSTED_PROXIES: '' }, 'TRUSTED_PROXIES is required with IDENTITY=gateway'],
  [{ ...gateway, TRUSTED_PROXIES: '0.0.0.0/0' }, 'TRUSTED_PROXIES must be IP addresses or CIDRs (no larger than /8, in IPv6 /7), comma-separated'],
  [{ ...gateway, GATEWAY_CONSUMER_HEADER: 'x-gateway-secret' }, `GATEWAY_CONSUMER_HEADER ${header}`],
  [{ ...gateway, GATEWAY_CONSUMER_HEADER: 'x_consumer_id' }, `GATEWAY_CONSUMER_HEADER ${header}`],
  [{ ...gateway, GATEWAY_CONSUMER_HEADER: 'X-Forwarded-For' }, `GATEWAY_CONSUMER_HEADER ${header}`],
  [{ ...gateway, JWT_COOKIE: 'session' }, 'JWT_COOKIE has no meaning with IDENTITY=gateway'],
  [{ REDIS_URL: 'http://127.0.0.1' }, redis],
  [{ REDIS_URL: 'redis://127.0.0.1/0?tls=false' }, redis],
  [{ REDIS_URL: 'redis://:%ff@127.0.0.1' }, redis],
  [{ REDIS_URL: 'redis:///0' }, redis],
  [{ REDIS_URL: 'REDISS://:secret-password@127.0.0.1' }, redis],
  [{ REDIS_URL: ' rediss://127.0.0.1' }, redis],
  [{ REDIS_URL: 'redi\tss://127.0.0.1' }, redis],
  [{ ...token, JWT_CONSUMER_CLAIM: 'iss' }, 'JWT_CONSUMER_CLAIM must be the name of a claim, of at most 255 characters, that differs from caller to caller'],
  [{ PORT: '9090', METRICS_PORT: '9090' }, 'METRICS_PORT must differ from PORT'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://collector:4317' }, 'OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL without userinfo, query and fragment'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://user:pass@collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL without userinfo, query and fragment'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret' },
    'OTEL_EXPORTER_OTLP_ENDPOINT must be https, or at loopback, for OTEL_EXPORTER_OTLP_HEADERS to go there'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL must be one of http/protobuf'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'authorization' }, 'OTEL_EXPORTER_OTLP_HEADERS must be name=value pairs, comma-separated, each a header once it is decoded'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=b,c' }, 'OTEL_EXPORTER_OTLP_HEADERS must be name=value pairs, comma-separated, each a header once it is decoded'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=%0d%0ab' }, 'OTEL_EXPORTER_OTLP_HEADERS must be name=value pairs, comma-separated, each a header once it is decoded'],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'a=%zz' }, 'OTEL_RESOURCE_ATTRIBUTES must be name=value pairs, comma-separated, in printable ASCII'],
  [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio'],
  [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, 'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1'],
]
for (const [variables, fault] of rows) {
  t.test(`refuses ${JSON.stringify(variables)}`, async (t) => {
    t.strictSame(read({ ...environment, ...variables }, { '/both': 'sk_live_file', '/empty': ' \n' }).faults, [fault])
  })
}

t.test('there is no default identity', async (t) => {
  t.strictSame(read({ ...environment, IDENTITY: '', APIDECK_CONSUMER_ID: '' }).faults, ['IDENTITY is required'])
})

for (const [what, variables] of Object.entries({ token, gateway })) {
  t.test(`what ${what === 'token' ? 'IDENTITY=jwt' : 'IDENTITY=gateway'} needs is enough`, async (t) => {
    t.strictSame(read({ ...environment, ...variables }).faults, [])
  })
}

t.test('a collector may be anywhere, over http too where no credentials go there, and without traces what else there is of it changes nothing', async (t) => {
  for (const variables of [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.observability:4318', OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/otlp/', OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a,x-team=b' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YQ==' },
    { OTEL_SERVICE_NAME: 'vaults', OTEL_RESOURCE_ATTRIBUTES: 'a=b' },
  ]) t.strictSame(read({ ...environment, ...variables }).faults, [], JSON.stringify(variables))
})

t.test('a Redis may have credentials, a port and a database', async (t) => {
  for (const url of ['redis://127.0.0.1', 'rediss://user:pass@redis.internal:6380/1', 'redis://redis.internal/']) {
    t.strictSame(read({ ...environment, REDIS_URL: url }).faults, [], url)
  }
})

t.test('a name that objects have is no identity', async (t) => {
  t.strictSame(read({ ...environment, ...token, IDENTITY: 'constructor' }).faults, ['IDENTITY must be one of jwt, gateway, static'])
})

t.test('what an unknown identity would need is not guessed', async (t) => {
  t.strictSame(read({ ...environment, ...token, IDENTITY: 'oauth' }).faults, ['IDENTITY must be one of jwt, gateway, static'])
})

t.test('a secret that an identity needs is not said to be missing where its file cannot be read', async (t) => {
  t.strictSame(read({ ...environment, ...gateway, GATEWAY_SECRET: '', GATEWAY_SECRET_FILE: '/unreadable' }).faults, [])
})

t.test('a secret whose file cannot be read is not said to be missing as well', async (t) => {
  const { APIDECK_API_KEY: _, ...others } = environment
  t.strictSame(read({ ...others, APIDECK_API_KEY_FILE: '/unreadable' }).faults, [])
})

t.test('what an identity cannot do without is there, or nothing goes on', async (t) => {
  t.equal(needed(read({ ...environment, ...gateway }).values, 'GATEWAY_SECRET'), 'x'.repeat(16))
  t.throws(() => needed(read(environment).values, 'GATEWAY_SECRET'), { name: 'TypeError' })
})

t.test('the secrets are those that may come from a file', async (t) => {
  t.strictSame(secretNames, ['APIDECK_API_KEY', 'GATEWAY_SECRET', 'REDIS_URL', 'OTEL_EXPORTER_OTLP_HEADERS'])
})

t.test('a value fits a variable by the rules of that variable', async (t) => {
  t.ok(isFit('APIDECK_API_KEY', 'sk_live_1'))
  t.notOk(isFit('APIDECK_API_KEY', 'Bearer sk_live_1'))
  t.notOk(isFit('REDIS_URL', 'sk_live_1'))
})
