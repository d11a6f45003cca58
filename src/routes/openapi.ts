import type { FastifyInstance } from 'fastify'

/** What there is to be read. */
export interface OpenApiRouteOptions {
  document: { text: () => string }
}

const schema = {
  operationId: 'readOpenApi',
  summary: 'This document',
  description: 'What the service offers, for programs.',
  tags: ['service'],
  response: { 200: { type: 'object', description: 'An OpenAPI 3.1 document.', additionalProperties: true } },
}

/** `GET /openapi.json`: what the broker offers, for programs. */
export async function openApi (app: FastifyInstance, { document }: OpenApiRouteOptions): Promise<void> {
  app.get('/openapi.json', { schema }, async (_request, reply) => reply.type('application/json').send(document.text()))
}
