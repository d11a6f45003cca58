import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Watcher } from './availability.js'
import type { Config } from './config.js'
import { createHttpApp } from './http-app.js'
import type { Identity } from './identity/identity.js'
import { Lifecycle } from './lifecycle.js'
import { createCounters } from './limits/counters.js'
import type { Metrics } from './metrics/metrics.js'
import { createOpenApi } from './openapi/openapi.js'
import { createAdmission } from './plugins/admission.js'
import { audit } from './plugins/audit.js'
import { bodies } from './plugins/bodies.js'
import { brokenBodies } from './plugins/broken-requests.js'
import { Connections } from './plugins/connections.js'
import { drain } from './plugins/drain.js'
import { headers } from './plugins/headers.js'
import { measurements } from './plugins/measurements.js'
import { origins } from './plugins/origins.js'
import { createTrust, type IsTrusted } from './plugins/peers.js'
import { pressure } from './plugins/pressure.js'
import { unknownRoutes } from './plugins/problems.js'
import { createRateLimit } from './plugins/rate-limit.js'
import { tracing } from './plugins/tracing.js'
import { wellFormed } from './plugins/well-formed.js'
import { health } from './routes/health.js'
import { openApi } from './routes/openapi.js'
import { sdk } from './routes/sdk.js'
import { vaultSession } from './routes/vault-session.js'
import { followSecretFiles } from './secret-files.js'
import { createUpstream } from './upstream/client.js'
import type { Upstream } from './upstream/upstream.js'
import { version } from './version.js'

/** What the app is made of, where a caller brings its own. */
export interface Parts {
  logger: FastifyBaseLogger
  lifecycle?: Lifecycle
  identity?: Identity
  upstream?: Upstream
  /** Measures what it is handed. */
  metrics?: Metrics | undefined
}

/**
 * The broker, made and wired, not listening. Parts are registered in the order in which a request passes them.
 * `app.close()` finishes what is under way and closes the connections to the upstream, the issuer and Redis.
 */
export async function createApp (config: Config, { logger, metrics, lifecycle = new Lifecycle(), ...parts }: Parts): Promise<FastifyInstance> {
  const watcherOf = (dependency: string): Watcher => {
    const watcher = createWatcher(dependency, logger)
    return metrics?.watching(dependency, watcher) ?? watcher
  }
  const isTrusted = createTrust(config.server.trustedProxies)
  const replaced = metrics?.replacing(config.secretFiles.map(({ variable }) => variable))
  const secretFiles = followSecretFiles({
    files: config.secretFiles,
    watcherOf: (variable) => watcherOf(`${variable}_FILE`),
    onReplaced: (variable) => {
      logger.info({ variable }, 'a secret was replaced')
      replaced?.(variable)
    },
  })
  const identity = parts.identity ?? await createIdentity(config.identity, isTrusted, { watcherOf, metrics })
  const upstream = parts.upstream ?? createUpstream({
    ...config.upstream,
    renewKey: () => secretFiles.reread('APIDECK_API_KEY'),
    userAgent: `vault-session-broker/${version}`,
    circuit: watcherOf('Apideck'),
    credentials: watcherOf('Apideck credentials'),
  })
  const { max, windowMs } = config.limits
  const counters = await createCounters({ ...config.limits, watcher: () => watcherOf('Redis'), counted: metrics?.counting() })

  // Loaded where it is asked for alone.
  const tracer = config.tracing && (await import('./tracing.js')).createTracing({ ...config.tracing, watcher: watcherOf('OpenTelemetry collector') })

  const connections = new Connections({
    crowd: {
      full: (connections) => logger.warn({ connections }, 'all connections are taken: idle ones make room'),
      free: (closed) => logger.info({ closed }, 'there is room for connections again'),
    },
  })

  metrics?.reading({ upstream, connections })

  const app = await createHttpApp({ logger, connections, isTrusted, onUnreadable: metrics?.requests.unreadable })
  await app.register(audit, { log: logger.child({}, { level: 'info' }) })
  if (metrics !== undefined) await app.register(measurements, { ended: metrics.requests.ended })
  await app.register(tracing, { tracer, isTrusted })
  await app.register(headers)
  await app.register(wellFormed)
  await app.register(origins, { origins: config.origins })
  await app.register(drain, { lifecycle, connections, timeoutMs: config.server.shutdownTimeoutMs })
  await app.register(pressure, { isFull: () => upstream.isFull })
  await app.register(unknownRoutes)
  const admit = createAdmission(app, {
    identity,
    sessions: createRateLimit({ name: 'session', max, windowMs }, counters.sessions),
    isPerAddress: config.identity.kind === 'static',
    failedAuthentications: createRateLimit({ name: 'authentication', max, windowMs }, counters.failedAuthentications),
  })
  await app.register(brokenBodies)
  await app.register(bodies)
  const document = createOpenApi(app, { version, identity: config.identity })
  await app.register(health, { isReady: () => lifecycle.isReady })
  await app.register(vaultSession, { admit, rules: config.session, upstream })
  await app.register(sdk, { admit, rules: config.session, upstream })
  await app.register(openApi, { document })
  app.addHook('onClose', async () => {
    secretFiles.close()
    await Promise.all([upstream.close(), identity.close(), counters.close(), tracer?.close()])
  })
  return app
}

/** Who hears of what a part depends on, and who measures. */
interface Observers {
  watcherOf: (dependency: string) => Watcher
  metrics: Metrics | undefined
}

/** Of the ways to know callers, the one that is asked for alone is loaded. */
async function createIdentity (options: Config['identity'], isTrusted: IsTrusted, { watcherOf, metrics }: Observers): Promise<Identity> {
  switch (options.kind) {
    case 'static': {
      const { createStaticIdentity } = await import('./identity/static.js')
      return createStaticIdentity(options.consumerId)
    }
    case 'gateway': {
      const { createGatewayIdentity } = await import('./identity/gateway.js')
      return createGatewayIdentity({ ...options, isTrusted })
    }
    case 'jwt': {
      const [{ createIssuerKeys }, { createJwtIdentity }] = await Promise.all([import('./identity/issuer-keys.js'), import('./identity/jwt.js')])
      const keys = createIssuerKeys({ ...options, watcher: watcherOf('issuer'), fetched: metrics?.fetching() })
      return createJwtIdentity({ ...options, keys })
    }
  }
}

/** Logs, once for each change, that something we depend on cannot be used, and that it can again. */
function createWatcher (dependency: string, logger: FastifyBaseLogger): Watcher {
  return {
    lost: (facts) => logger.error({ dependency, ...facts }, 'a dependency cannot be used'),
    regained: (facts) => logger.info({ dependency, ...facts }, 'a dependency can be used again'),
  }
}
