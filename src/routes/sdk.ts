import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { FORM } from '../policy/answer-shape.js'
import { withoutDefaults } from '../policy/sdk-defaults.js'
import { EnvelopeSchema } from '../schemas/apideck.js'
import { SessionSchema } from '../schemas/session.js'
import { mint } from './mint.js'
import type { SessionRouteOptions } from './vault-session.js'

/** `POST /vault/sessions`: Apideck's own route as its SDKs call it, for callers that have no API key. */
export const sdk: FastifyPluginAsyncTypebox<SessionRouteOptions> = async (app, { admit, ...options }) => {
  app.removeContentTypeParser(FORM)
  app.post('/vault/sessions', {
    config: { audited: true, answersAs: 'apideck' },
    onRequest: admit,
    schema: {
      operationId: 'createSession',
      summary: 'Open a vault, for Apideck\'s SDKs',
      description: 'The same as Apideck\'s own route of that name. A setting that has its documented default counts as left out.',
      tags: ['sessions'],
      body: SessionSchema,
      response: { 200: EnvelopeSchema },
    },
  }, async (request, reply) => {
    const { session_uri: uri, session_token: token } = await mint(request, reply, withoutDefaults(request.body), options)
    return { status_code: 200, status: 'OK', data: { session_uri: uri, session_token: token } } as const
  })
}
