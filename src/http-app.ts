import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { createRefusal, routable, type OnUnreadable } from './plugins/broken-requests.js'
import type { Connections } from './plugins/connections.js'
import { createHttpServer } from './plugins/http-server.js'
import { requestIdOf, type IsTrusted } from './plugins/peers.js'
import { problems } from './plugins/problems.js'
import { telemetry } from './plugins/telemetry.js'
import { MAX_SESSION_BYTES } from './schemas/session.js'
import { strictOptions, vocabulary } from './schemas/vocabulary.js'

/** What listeners differ in. */
export interface HttpAppOptions {
  logger: FastifyBaseLogger
  connections: Connections
  isTrusted: IsTrusted
  onUnreadable?: OnUnreadable | undefined
}

/** What every listener of ours stands on: bounded clients, one log line a request, and each error a problem. */
export async function createHttpApp ({ logger, connections, isTrusted, onUnreadable }: HttpAppOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: (request) => requestIdOf(request, isTrusted),
    trustProxy: isTrusted,
    bodyLimit: MAX_SESSION_BYTES,
    serverFactory: createHttpServer(connections),
    return503OnClosing: false,
    clientErrorHandler: createRefusal(connections, onUnreadable),
    rewriteUrl: routable,
    ajv: { customOptions: { ...strictOptions, ...vocabulary } },
  })
  await app.register(telemetry)
  await app.register(problems)
  return app
}
