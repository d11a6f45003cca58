import type { FastifyInstance } from 'fastify'
import { createDocument, type DocumentOptions } from './document.js'
import type { Route } from './operation.js'

/** Listens to what routes say of themselves as they are registered, and makes the document of it once it is asked for. */
export function createOpenApi (app: FastifyInstance, options: DocumentOptions) {
  const routes: Route[] = []
  let text: string | undefined
  app.addHook('onRoute', ({ method, url, schema, config }) => {
    if (typeof method !== 'string' || method === 'HEAD' || schema?.operationId === undefined) return
    routes.push({ method, url, schema, answersAs: config?.answersAs, mints: config?.audited === true })
  })
  return {
    /** The document, as JSON. */
    text () {
      text ??= JSON.stringify(createDocument(routes, options))
      return text
    },
  }
}
