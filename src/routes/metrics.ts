import type { FastifyInstance } from 'fastify'

/** What is measured, as text. */
export interface MetricsRouteOptions {
  metrics: { readonly contentType: string, text: () => Promise<string> }
}

/** For Prometheus. */
export async function metricsRoute (app: FastifyInstance, { metrics }: MetricsRouteOptions): Promise<void> {
  app.get('/metrics', { config: { quiet: true } }, async (_request, reply) => {
    reply.type(metrics.contentType)
    return metrics.text()
  })
}
