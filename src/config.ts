import { files as fileSystem, type Files } from './config/files.js'
import { readPolicy } from './config/policy-file.js'
import { secretFilesIn, secretsIn, secretsOfLog, type Secrets } from './config/secrets.js'
import { needed, readVariables, type Variables } from './config/variables.js'
import { EnvironmentSchema, type Environment } from './schemas/environment.js'
import type { SessionPolicy } from './schemas/policy.js'
import { parseUrl } from './schemas/urls.js'

/** What the broker runs with, in the groups that its parts take. Frozen, all the way down. */
export type Config = ReturnType<typeof group>

/** The environment cannot be run with. `faults` says why: a line each, by the variable's name, without a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly string[]

  constructor (faults: readonly string[]) {
    super(faults.join('\n'))
    this.faults = faults
  }
}

/**
 * Reads the configuration from environment variables, an empty one counting as unset, and from the files that
 * `NAME_FILE` and `SESSION_POLICY_FILE` name.
 *
 * @throws ConfigError with every fault at once.
 */
export function readConfig (variables: Variables, files: Files = fileSystem): Config {
  const { environment, policy } = read(variables, files)
  return group(environment, policy, variables)
}

/**
 * What it would run with, `NAME=value` a line, a secret as `set`, a variable without a value left empty.
 *
 * @throws ConfigError with every fault at once.
 */
export function describeConfig (variables: Variables, files: Files = fileSystem): string[] {
  const { environment, policy } = read(variables, files)
  const lines = Object.entries(EnvironmentSchema.properties).map(([name, schema]) => {
    const value: unknown = environment[name as keyof Environment]
    if (value === undefined) return `${name}=`
    return `${name}=${'x-secret' in schema ? 'set' : String(value)}`
  })
  return [...lines, `session policy: ${JSON.stringify(policy)}`]
}

function read (variables: Variables, files: Files) {
  const faults: string[] = []
  const environment = readVariables(variables, files, faults)
  const path = environment.SESSION_POLICY_FILE
  const text = path === undefined ? undefined : files.read('SESSION_POLICY_FILE', path, faults)
  const policy = readPolicy(text, { redirectUris: redirectUris(environment), identity: environment.IDENTITY }, faults)
  if (faults.length > 0) throw new ConfigError([...new Set(faults)])
  return { environment, policy }
}

function redirectUris (environment: Environment): string[] {
  // An entry without a path is an origin; any other is one whole URL, in its parsed form.
  return environment.ALLOWED_REDIRECT_URIS.map((text) => {
    const url = parseUrl(text)
    return url === undefined || url.origin === text ? text : url.href
  })
}

function group (environment: Environment, policy: SessionPolicy, variables: Variables) {
  const secrets = secretsIn(environment)
  return freeze({
    server: {
      host: environment.HOST,
      port: environment.PORT,
      metricsPort: environment.METRICS_PORT,
      trustedProxies: environment.TRUSTED_PROXIES,
      shutdownDelayMs: environment.SHUTDOWN_DELAY_MS,
      shutdownTimeoutMs: environment.SHUTDOWN_TIMEOUT_MS,
    },
    log: { level: environment.LOG_LEVEL, secrets: secretsOfLog(secrets) },
    secretFiles: secretFilesIn(secrets, variables),
    identity: identityIn(environment, secrets),
    origins: environment.ALLOWED_ORIGINS,
    session: { policy, redirectUris: redirectUris(environment) },
    limits: { max: environment.RATE_LIMIT_MAX, windowMs: environment.RATE_LIMIT_WINDOW_MS, redisUrl: secrets.REDIS_URL },
    tracing: environment.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? undefined
      : { endpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT, headers: secrets.OTEL_EXPORTER_OTLP_HEADERS },
    upstream: {
      baseUrl: environment.APIDECK_BASE_URL,
      apiKey: needed(secrets, 'APIDECK_API_KEY'),
      appId: environment.APIDECK_APP_ID,
      vaultHosts: environment.VAULT_HOSTS,
      timeoutMs: environment.UPSTREAM_TIMEOUT_MS,
      connections: environment.UPSTREAM_CONNECTIONS,
    },
  })
}

/** Who calls, by the value of `IDENTITY`. None is accepted without what it needs. */
function identityIn (environment: Environment, secrets: Secrets) {
  switch (environment.IDENTITY) {
    case 'static':
      return { kind: 'static' as const, consumerId: needed(environment, 'APIDECK_CONSUMER_ID') }
    case 'jwt':
      return {
        kind: 'jwt' as const,
        issuer: needed(environment, 'JWT_ISSUER'),
        audience: needed(environment, 'JWT_AUDIENCE'),
        jwksUri: environment.JWT_JWKS_URI,
        algorithms: environment.JWT_ALGORITHMS,
        consumerClaim: environment.JWT_CONSUMER_CLAIM,
        header: environment.JWT_HEADER?.toLowerCase(),
        cookie: environment.JWT_COOKIE,
      }
    case 'gateway':
      return {
        kind: 'gateway' as const,
        consumerHeader: environment.GATEWAY_CONSUMER_HEADER.toLowerCase(),
        secret: needed(secrets, 'GATEWAY_SECRET'),
      }
  }
}

function freeze<T extends object> (value: T): Readonly<T> {
  for (const member of Object.values(value) as unknown[]) {
    if (typeof member === 'object' && member !== null) freeze(member)
  }
  return Object.freeze(value)
}
