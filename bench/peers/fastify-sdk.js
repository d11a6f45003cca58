import { Apideck } from '@apideck/unify'
import fastify from 'fastify'
import { apiKey, appId, inSdkTerms, listening, serverURL } from './peer.js'

/** Fastify, and Apideck's SDK as its documentation has it. */

const apideck = new Apideck({ apiKey, appId, serverURL })
const app = fastify()

app.post('/vault-session', async (request) => {
  const { createSessionResponse } = await apideck.vault.sessions.create({ consumerId: request.headers['x-consumer-id'], session: inSdkTerms(request.body) })
  return createSessionResponse.data
})
await app.listen({ host: '127.0.0.1', port: 0 })
listening(app.server)
