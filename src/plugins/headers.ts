import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { shapeHeaderNames } from '../policy/answer-shape.js'

const CLOSED_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const VARY = [...shapeHeaderNames, 'Origin', 'Sec-Fetch-Site'].join(', ')

/** On every answer: nothing is stored, sniffed or framed, and no address is given away as a referrer. */
export function standardHeaders (requestId: string) {
  return {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': CLOSED_POLICY,
    vary: VARY,
    'x-request-id': requestId,
  }
}

/** Puts them on every answer. */
export const headers = fp(async (app: FastifyInstance) => {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(standardHeaders(request.id))
  })
}, { name: 'headers' })

/** The closed policy, opened for one style by its SHA-256 in base64. */
export function policyWithStyle (hash: string): string {
  return `${CLOSED_POLICY}; style-src 'sha256-${hash}'`
}
