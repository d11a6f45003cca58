import t from 'tap'
import { readVariables, type Variables } from '../../src/config/variables.js'
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
  [{ TRUSTED_PROXIES: '10.0.0.0/8,proxy' }, 'TRUSTED_PROXIES must be IP addresses or CIDRs, comma-separated'],
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
  [{ IDENTITY: 'jwt', APIDECK_CONSUMER_ID: '' }, 'IDENTITY=jwt is not there yet; static is'],
  [{ IDENTITY: 'gateway', APIDECK_CONSUMER_ID: '' }, 'IDENTITY=gateway is not there yet; static is'],
  [{ JWT_ISSUER: 'https://issuer.example' }, 'JWT_ISSUER has no meaning with IDENTITY=static'],
  [{ GATEWAY_SECRET: 'x'.repeat(16) }, 'GATEWAY_SECRET has no meaning with IDENTITY=static'],
  [{ REDIS_URL: 'redis://127.0.0.1' }, 'REDIS_URL is not there yet'],
  [{ METRICS_PORT: '9090' }, 'METRICS_PORT is not there yet'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is not there yet'],
]
for (const [variables, fault] of rows) {
  t.test(`refuses ${JSON.stringify(variables)}`, async (t) => {
    t.strictSame(read({ ...environment, ...variables }, { '/both': 'sk_live_file', '/empty': ' \n' }).faults, [fault])
  })
}

t.test('there is no default identity', async (t) => {
  t.strictSame(read({ ...environment, IDENTITY: '', APIDECK_CONSUMER_ID: '' }).faults, ['IDENTITY is required'])
})

t.test('a consumer ID is for IDENTITY=static alone', async (t) => {
  t.strictSame(read({ ...environment, IDENTITY: 'jwt' }).faults, [
    'IDENTITY=jwt is not there yet; static is',
    'APIDECK_CONSUMER_ID is for IDENTITY=static alone',
  ])
})

t.test('a secret whose file cannot be read is not said to be missing as well', async (t) => {
  const { APIDECK_API_KEY: _, ...others } = environment
  t.strictSame(read({ ...others, APIDECK_API_KEY_FILE: '/unreadable' }).faults, [])
})
