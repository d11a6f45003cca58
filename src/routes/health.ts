import type { FastifyInstance } from 'fastify'
import { BrokerError } from '../errors.js'

/** What readiness depends on. */
export interface HealthOptions {
  isReady: () => boolean
}

const OK = { status: 'ok' }

/** For probes. Neither route asks the upstream: all replicas would leave at once. */
export async function health (app: FastifyInstance, { isReady }: HealthOptions): Promise<void> {
  const config = { quiet: true }

  /** The process answers. */
  app.get('/livez', { config }, async () => OK)

  /** It takes requests, or is about to stop. */
  app.get('/readyz', { config }, async () => {
    if (!isReady()) throw new BrokerError('shutting_down')
    return OK
  })
}
