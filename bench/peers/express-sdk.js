import { Apideck } from '@apideck/unify'
import express from 'express'
import { apiKey, appId, inSdkTerms, listening, serverURL } from './peer.js'

/** Express, and Apideck's SDK as its documentation has it: what most write by hand. */

const apideck = new Apideck({ apiKey, appId, serverURL })
const app = express()
app.use(express.json())

app.post('/vault-session', async (request, response) => {
  const { createSessionResponse } = await apideck.vault.sessions.create({ consumerId: request.get('x-consumer-id'), session: inSdkTerms(request.body) })
  response.json(createSessionResponse.data)
})
const server = app.listen(0, '127.0.0.1', () => listening(server))
