import type { FastifyRequest } from 'fastify'
import { isNavigation, type AnswerShape } from '../policy/answer-shape.js'
import { APP_HEADER } from '../schemas/header-names.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set where answers have a shape of the route's own, whatever the request says. */
    answersAs?: AnswerShape
  }
}

/** How a request is answered. An SDK is known by its header where it calls what is not there, as the rest of Apideck's API. */
export function shapeOf ({ routeOptions: { config }, is404, headers }: FastifyRequest): AnswerShape {
  if (config.answersAs !== undefined) return config.answersAs
  if (is404 && headers[APP_HEADER] !== undefined) return 'apideck'
  return isNavigation(headers) ? 'page' : 'json'
}
