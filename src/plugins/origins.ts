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

/** Refuses a page that is not allowed before anything else happens, and lets an allowed one read its answers. */
export const origins = fp(async (app: FastifyInstance, { origins }: OriginsOptions) => {
  app.addHook('onRequest', async (request) => checkOrigin(request.headers, origins))

  await app.register(cors, {
    origin: (origin, answer) => answer(null, origin !== undefined && origins.includes(origin) ? origin : false),
    credentials: true,
    methods: ['POST'],
    strictPreflight: false,
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Apideck-Consumer-Id', 'X-Apideck-App-Id'],
    exposedHeaders: EXPOSED,
    maxAge: 600,
  })
}, { name: 'origins' })
