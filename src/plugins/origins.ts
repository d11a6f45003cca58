import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { checkOrigin } from '../policy/origin.js'

/** Whose pages may call. */
export interface OriginsOptions {
  /** Exact origins, beside the broker's own. */
  origins: readonly string[]
}

const EXPOSED = ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'WWW-Authenticate']

/** What lets a page of an allowed origin read an answer that is written past Fastify; nothing for any other. */
export function readableBy (origin: string | undefined, allowed: readonly string[]): Record<string, string> {
  if (origin === undefined || !allowed.includes(origin)) return {}
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED.join(', '),
  }
}

/** Refuses a page that is not allowed before anything else happens, and lets an allowed one read its answers. */
export const origins = fp(async (app: FastifyInstance, { origins }: OriginsOptions) => {
  app.addHook('onRequest', async (request) => checkOrigin(request.headers, origins))

  await app.register(cors, {
    origin: (origin, answer) => answer(null, origin !== undefined && origins.includes(origin) ? origin : false),
    credentials: true,
    methods: ['POST'],
    strictPreflight: false,
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Apideck-Consumer-Id'],
    exposedHeaders: EXPOSED,
    maxAge: 600,
  })
}, { name: 'origins' })
