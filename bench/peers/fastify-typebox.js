import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import fastify from 'fastify'
import { Pool } from 'undici'
import { credentials, listening, upstream } from './peer.js'

/** A route as Fastify's documentation has it: the body's outline is checked, and the answer's written by its schema. */

const Session = Type.Object({
  consumer_metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
  redirect_uri: Type.Optional(Type.String()),
  settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  theme: Type.Optional(Type.Record(Type.String(), Type.String())),
  custom_consumer_settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
const Minted = Type.Object({ session_uri: Type.String(), session_token: Type.String() })

const pool = new Pool(upstream.origin, { connections: 64 })
const app = fastify().setValidatorCompiler(TypeBoxValidatorCompiler)

app.post('/vault-session', { schema: { body: Session, response: { 200: Minted } } }, async (request) => {
  const answer = await pool.request({
    path: upstream.pathname,
    method: 'POST',
    headers: { ...credentials, 'x-apideck-consumer-id': request.headers['x-consumer-id'], 'content-type': 'application/json' },
    body: JSON.stringify(request.body),
  })
  const { data } = await answer.body.json()
  return data
})
await app.listen({ host: '127.0.0.1', port: 0 })
listening(app.server)
