import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBroker, type Broker } from './broker.js'
import { API_KEY, GATEWAY_SECRET, VALUE } from './canaries.js'
import type { Setting } from './case.js'
import { AUDIENCE, CLAIMS, type Issuer } from './issuer.js'
import { ALLOWED_ORIGIN, REDIRECT_ORIGIN, REDIRECT_URL, policy } from './outcome.js'
import { APP_ID } from './upstream.js'

/** One broker and the settings of its lanes. */
export interface Configuration {
  broker: Broker
  settings: readonly Setting[]
}

type Who = Pick<Setting, 'credentials' | 'badCredentials' | 'needsProof'>

const CHOICE = 'X-Apideck-Consumer-Id'

const stranger = (...lines: string[]) => ({ lines, codes: ['unauthenticated'] })

const outsiders = (lines: readonly string[]) => ['another', `${VALUE} x`, '', 'a b', 'é', 'x'.repeat(256)].map((id) => ({ lines: [...lines, `${CHOICE}: ${Buffer.from(id).toString('latin1')}`], codes: ['consumer_not_allowed'] }))

function staticCaller (consumer: string): Who {
  return { credentials: [[], [`${CHOICE}: ${consumer}`], [`Authorization: Bearer ${VALUE}`]], badCredentials: outsiders([]), needsProof: false }
}

function gatewayCaller (consumer: string): Who {
  const [id, secret] = [`X-Consumer-Id: ${consumer}`, `X-Gateway-Secret: ${GATEWAY_SECRET}`]
  return {
    credentials: [[id, secret], [secret, id, `${CHOICE}: ${consumer}`], [id.toLowerCase(), secret.replace('X-Gateway-Secret', 'x-gateway-SECRET')]],
    badCredentials: [
      stranger(), stranger(id), stranger(secret), stranger(id, 'X-Gateway-Secret:'), stranger(id, secret.slice(0, -1)), stranger(id, `${secret}x`), stranger(id, secret, secret), stranger(id, id, secret), stranger(id, secret, `x_consumer_id: ${consumer}`),
      stranger(id, secret, 'X-Gateway_Secret: x'), stranger('X-Consumer-Id:', secret), stranger(`${id} x`, secret), stranger(`${id}\xe9`, secret), stranger(`${id}, ${consumer}`, secret), stranger(`X-Consumer-Id: ${'x'.repeat(256)}`, secret),
      ...outsiders([id, secret]),
    ],
    needsProof: true,
  }
}

async function tokenCaller (consumer: string, { sign, badTokens }: Issuer, isBrowser: boolean): Promise<Who> {
  const [one, several, none] = await Promise.all([sign({ sub: consumer }), sign({ sub: [consumer, `${consumer}.b`] as unknown as string }), sign({ sub: [] as unknown as string })])
  const bearer = `Authorization: Bearer ${one}`
  const chosen = `${CHOICE}: ${consumer}`
  return {
    credentials: isBrowser
      ? [[`Cookie: a=b; __Host-fuzz=${one}`], [`X-Token: ${one}`], [`Cookie: __Host-fuzz=${several}`, chosen]]
      : [[bearer], [bearer.replace('Bearer', 'bearer')], [`Authorization: Bearer ${several}`, chosen]],
    badCredentials: [
      ...(await badTokens(consumer)).map((token) => stranger(`Authorization: Bearer ${token}`)),
      stranger(), stranger(bearer, bearer), stranger('Authorization: Basic YTpi'), stranger('Authorization:'), stranger(`Authorization: Bearer${one}`),
      { lines: [`Authorization: Bearer ${several}`], codes: ['invalid_request'] },
      { lines: [`Authorization: Bearer ${none}`], codes: ['consumer_not_allowed'] },
      ...outsiders([bearer]),
    ],
    needsProof: isBrowser,
  }
}

/** Starts a broker of each kind that is tried, or of the one that is named. `args` are Node's. */
export async function startConfigurations (upstream: string, issuer: Issuer, { only, args = [] }: { only?: string | undefined, args?: readonly string[] | undefined } = {}): Promise<{ configurations: Configuration[], close: (unseen: number) => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'fuzz-'))
  const files = { plain: join(directory, 'policy.json'), claims: join(directory, 'claims.json') }
  await writeFile(files.plain, JSON.stringify(policy))
  await writeFile(files.claims, JSON.stringify({ ...policy, consumer_metadata_claims: { account_name: 'org', email: 'email' } }))

  const base = {
    APIDECK_API_KEY: API_KEY,
    APIDECK_APP_ID: APP_ID,
    APIDECK_BASE_URL: upstream,
    HOST: '127.0.0.1',
    PORT: '0',
    ALLOWED_ORIGINS: ALLOWED_ORIGIN,
    ALLOWED_REDIRECT_URIS: `${REDIRECT_ORIGIN},${REDIRECT_URL}`,
    UPSTREAM_TIMEOUT_MS: '6000',
    RATE_LIMIT_MAX: '1000000',
    RATE_LIMIT_WINDOW_MS: '1000',
  }
  const jwt = { ...base, IDENTITY: 'jwt', JWT_ISSUER: issuer.url, JWT_AUDIENCE: AUDIENCE, JWT_HEADER: 'X-Token', JWT_COOKIE: '__Host-fuzz' }
  const metadata = { account_name: CLAIMS.org, email: CLAIMS.email }

  async function start (name: string, consumers: readonly string[], variables: Record<string, string>, who: (consumer: string, i: number) => Who | Promise<Who>, more: Partial<Setting> = {}): Promise<Configuration[]> {
    if (only !== undefined && only !== name) return []
    const broker = await startBroker(variables, args)
    const { host } = new URL(broker.url)
    const identity = variables['IDENTITY'] as Setting['identity']
    const settings = consumers.map(async (consumer, i): Promise<Setting> => ({ name, identity, host, consumer, hasPolicy: 'SESSION_POLICY_FILE' in variables, isTrusted: false, metadata: {}, ...more, ...await who(consumer, i) }))
    return [{ broker, settings: await Promise.all(settings) }]
  }
  const lanes = (name: string, n: number) => Array.from({ length: n }, (_, i) => `lane-${name}-${i}-4f2a`)
  const fixed = (name: string, variables: Record<string, string> = {}) =>
    start(name, lanes(name, 1), { ...base, IDENTITY: 'static', APIDECK_CONSUMER_ID: lanes(name, 1)[0] ?? '', ...variables }, staticCaller)

  const configurations = (await Promise.all([
    fixed('static'),
    fixed('static-policy', { SESSION_POLICY_FILE: files.plain }),
    start('gateway', lanes('gateway', 10), { ...base, IDENTITY: 'gateway', GATEWAY_SECRET, TRUSTED_PROXIES: '127.0.0.0/8' }, gatewayCaller, { isTrusted: true }),
    start('jwt', lanes('jwt', 3), jwt, (consumer, i) => tokenCaller(consumer, issuer, i % 2 === 1)),
    start('jwt-policy', lanes('jwt-policy', 3), { ...jwt, SESSION_POLICY_FILE: files.claims }, (consumer, i) => tokenCaller(consumer, issuer, i % 2 === 1), { metadata }),
  ])).flat()
  return {
    configurations,
    close: async (unseen) => {
      await Promise.all(configurations.map(({ broker }) => broker.stop(unseen)))
      await rm(directory, { recursive: true })
    },
  }
}
