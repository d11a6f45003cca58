import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { createHttpApp } from './http-app.js'
import { Metrics } from './metrics/metrics.js'
import { Connections } from './plugins/connections.js'
import { headers } from './plugins/headers.js'
import { unknownRoutes } from './plugins/problems.js'
import { wellFormed } from './plugins/well-formed.js'
import { metricsRoute } from './routes/metrics.js'

/** Those who scrape are few. */
const BOUNDS = { connections: 50 }

/** What measures, and the listener that serves it: `GET /metrics`, and nothing else. Made and wired, not listening. */
export async function createMeasuring (logger: FastifyBaseLogger): Promise<{ metrics: Metrics, app: FastifyInstance }> {
  const metrics = new Metrics()
  const connections = new Connections({ bounds: BOUNDS })
  const app = await createHttpApp({ logger: logger.child({ listener: 'metrics' }), connections, isTrusted: () => false })
  await app.register(headers)
  await app.register(wellFormed)
  await app.register(unknownRoutes)
  await app.register(metricsRoute, { metrics })
  // Nobody waits here for long, and nothing is to hold up the end.
  app.addHook('preClose', async () => connections.cut(() => true))
  return { metrics, app }
}
