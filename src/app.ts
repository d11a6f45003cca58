import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Watcher } from './availability.js'
import type { Config } from './config.js'
import { createGatewayIdentity } from './identity/gateway.js'
import type { Identity } from './identity/identity.js'
import { createIssuerKeys } from './identity/issuer-keys.js'
import { createJwtIdentity } from './identity/jwt.js'
import { createStaticIdentity } from './identity/static.js'
import { Lifecycle } from './lifecycle.js'
import { createCounters } from './limits/counters.js'
import { createAdmission } from './plugins/admission.js'
import { audit } from './plugins/audit.js'
import { bodies } from './plugins/bodies.js'
import { brokenBodies, createRefusal, routable } from './plugins/broken-requests.js'
import { Connections } from './plugins/connections.js'
import { drain } from './plugins/drain.js'
import { headers } from './plugins/headers.js'
import { createHttpServer } from './plugins/http-server.js'
import { origins } from './plugins/origins.js'
import { createTrust, requestIdOf, type IsTrusted } from './plugins/peers.js'
import { pressure } from './plugins/pressure.js'
import { problems, unknownRoutes } from './plugins/problems.js'
import { createRateLimit } from './plugins/rate-limit.js'
import { telemetry } from './plugins/telemetry.js'
import { wellFormed } from './plugins/well-formed.js'
import { health } from './routes/health.js'
import { vaultSession } from './routes/vault-session.js'
import { MAX_SESSION_BYTES } from './schemas/session.js'
import { strictOptions, vocabulary } from './schemas/vocabulary.js'
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
}

/**
 * The broker, made and wired, not listening. Parts are registered in the order in which a request passes them.
 * `app.close()` finishes what is under way and closes the connections to the upstream, the issuer and Redis.
 */
export async function createApp (config: Config, { logger, lifecycle = new Lifecycle(), ...parts }: Parts): Promise<FastifyInstance> {
  const isTrusted = createTrust(config.server.trustedProxies)
  const secretFiles = followSecretFiles({
    files: config.secretFiles,
    watcherOf: (variable) => watcherOf(`${variable}_FILE`, logger),
    onReplaced: (variable) => logger.info({ variable }, 'a secret was replaced'),
  })
  const identity = parts.identity ?? createIdentity(config.identity, isTrusted, logger)
  const upstream = parts.upstream ?? createUpstream({
    ...config.upstream,
    renewKey: () => secretFiles.reread('APIDECK_API_KEY'),
    userAgent: `vault-session-broker/${version}`,
    circuit: watcherOf('Apideck', logger),
    credentials: watcherOf('Apideck credentials', logger),
  })
  const { max, windowMs } = config.limits
  const counters = await createCounters({ ...config.limits, watcher: watcherOf('Redis', logger) })

  const connections = new Connections({
    crowd: {
      full: (connections) => logger.warn({ connections }, 'all connections are taken: idle ones make room'),
      free: (closed) => logger.info({ closed }, 'there is room for connections again'),
    },
  })

  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: (request) => requestIdOf(request, isTrusted),
    trustProxy: isTrusted,
    bodyLimit: MAX_SESSION_BYTES,
    serverFactory: createHttpServer(connections),
    return503OnClosing: false,
    clientErrorHandler: createRefusal(connections),
    rewriteUrl: routable,
    ajv: { customOptions: { ...strictOptions, ...vocabulary } },
  })

  await app.register(telemetry)
  await app.register(problems)
  await app.register(audit, { log: logger.child({}, { level: 'info' }) })
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
  await app.register(health, { isReady: () => lifecycle.isReady })
  await app.register(vaultSession, { admit, rules: config.session, upstream })
  app.addHook('onClose', async () => {
    secretFiles.close()
    await Promise.all([upstream.close(), identity.close(), counters.close()])
  })
  return app
}

function createIdentity (options: Config['identity'], isTrusted: IsTrusted, logger: FastifyBaseLogger): Identity {
  switch (options.kind) {
    case 'static': return createStaticIdentity(options.consumerId)
    case 'gateway': return createGatewayIdentity({ ...options, isTrusted })
    case 'jwt': return createJwtIdentity({ ...options, keys: createIssuerKeys({ ...options, watcher: watcherOf('issuer', logger) }) })
  }
}

/** Logs, once for each change, that something we depend on cannot be used, and that it can again. */
function watcherOf (dependency: string, logger: FastifyBaseLogger): Watcher {
  return {
    lost: (facts) => logger.error({ dependency, ...facts }, 'a dependency cannot be used'),
    regained: (facts) => logger.info({ dependency, ...facts }, 'a dependency can be used again'),
  }
}
