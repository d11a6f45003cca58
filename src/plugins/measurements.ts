import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { RequestFacts } from './telemetry.js'

/** How a request ended. */
export interface RequestEnd {
  /** The pattern of its route; nothing for an unknown path. */
  route: string | undefined
  /** Nothing where the client left before its answer was out. */
  status: number | undefined
  seconds: number
  isMinted: boolean
  facts: Readonly<RequestFacts>
}

/** Who measures. */
export interface MeasurementsOptions {
  ended (request: RequestEnd): void
}

/** Tells who measures how each request ended. */
export const measurements = fp(async (app: FastifyInstance, { ended }: MeasurementsOptions) => {
  app.onEnd(({ routeOptions: { url: route }, audit, facts }, status, durationMs) => {
    ended({ route, status, seconds: durationMs / 1_000, isMinted: audit.session_sha256 !== undefined, facts })
  })
}, { name: 'measurements', dependencies: ['telemetry', 'audit'] })
