import type { FastifyInstance } from 'fastify'
import { BrokerError } from '../errors.js'

/** What readiness depends on. */
export interface HealthOptions {
  isReady: () => boolean
}

const OK = { status: 'ok' }

const about = (operationId: string, summary: string, description: string) => ({
  operationId,
  summary,
  description,
  tags: ['service'],
  response: { 200: { type: 'object', properties: { status: { const: 'ok' } }, required: ['status'], additionalProperties: false } },
})

/** For probes. Neither route asks the upstream: all replicas would leave at once. */
export async function health (app: FastifyInstance, { isReady }: HealthOptions): Promise<void> {
  const config = { quiet: true }

  app.get('/livez', { config, schema: about('isAlive', 'Alive', 'The process answers.') }, async () => OK)

  app.get('/readyz', { config, schema: about('isReady', 'Ready', 'It takes requests, and is not about to stop.') }, async () => {
    if (!isReady()) throw new BrokerError('shutting_down')
    return OK
  })
}
