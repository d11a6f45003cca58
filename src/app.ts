import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Config } from './config.js'
import type { Identity } from './identity/identity.js'
import { createStaticIdentity } from './identity/static.js'
import { Lifecycle } from './lifecycle.js'
import { bodies } from './plugins/bodies.js'
import { createRefusal, decodable, wellFormed } from './plugins/broken-requests.js'
import { Connections } from './plugins/connections.js'
import { drain } from './plugins/drain.js'
import { headers } from './plugins/headers.js'
import { origins } from './plugins/origins.js'
import { createTrust, requestIdOf } from './plugins/peers.js'
import { problems } from './plugins/problems.js'
import { createRateLimit } from './plugins/rate-limit.js'
import { telemetry } from './plugins/telemetry.js'
import { health } from './routes/health.js'
import { vaultSession } from './routes/vault-session.js'
import { MAX_SESSION_BYTES } from './schemas/session.js'
import { strictOptions, vocabulary } from './schemas/vocabulary.js'
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

/** Milliseconds that a client has for its request, headers and body. It is cut within a second after. */
const REQUEST_MS = 5_000

/**
 * The broker, made and wired, not listening. Parts are registered in the order in which a request passes them.
 * `app.close()` finishes what is under way and closes the upstream's connections.
 */
export async function createApp (config: Config, { logger, lifecycle = new Lifecycle(), ...parts }: Parts): Promise<FastifyInstance> {
  const identity = parts.identity ?? createStaticIdentity(config.identity.consumerId)
  const upstream = parts.upstream ?? createUpstream({ ...config.upstream, userAgent: `vault-session-broker/${version}` })
  const isTrusted = createTrust(config.server.trustedProxies)

  const connections = new Connections()

  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: (request) => requestIdOf(request, isTrusted),
    trustProxy: isTrusted,
    bodyLimit: MAX_SESSION_BYTES,
    requestTimeout: REQUEST_MS,
    http: { headersTimeout: REQUEST_MS, connectionsCheckingInterval: 1_000, requireHostHeader: false },
    return503OnClosing: false,
    clientErrorHandler: createRefusal(connections),
    rewriteUrl: decodable,
    ajv: { customOptions: { ...strictOptions, ...vocabulary } },
  })

  connections.watch(app.server)

  await app.register(telemetry)
  await app.register(headers)
  await app.register(wellFormed)
  await app.register(origins, { origins: config.origins })
  await app.register(drain, { lifecycle, connections })
  await app.register(problems)
  const limit = await createRateLimit(app, config.rateLimit)
  await app.register(bodies)
  await app.register(health, { isReady: () => lifecycle.isReady })
  await app.register(vaultSession, { identity, limit, rules: config.session, upstream })
  app.addHook('onClose', () => upstream.close())
  return app
}
