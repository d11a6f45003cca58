import { readFileSync } from 'node:fs'
import t from 'tap'
import { API_KEY } from '../helpers/environment.js'
import { startBroker } from '../helpers/broker.js'

t.test('openapi.json is what a broker says whose callers have tokens', async (t) => {
  const broker = await startBroker(t, { IDENTITY: 'jwt', APIDECK_CONSUMER_ID: '', JWT_ISSUER: 'https://127.0.0.1:1', JWT_AUDIENCE: 'broker' })
  const answer = await broker.send({ method: 'GET', path: '/openapi.json' })
  t.strictSame(JSON.parse(readFileSync('openapi.json', 'utf8')), answer.json, 'npm run openapi writes it anew')
  t.equal((await broker.send({ method: 'GET', path: '/openapi.json' })).text, answer.text)
})

t.test('what is configured is told as far as callers need it', async (t) => {
  const broker = await startBroker(t, { IDENTITY: 'gateway', APIDECK_CONSUMER_ID: '', GATEWAY_SECRET: 'gateway-canary-0123456789', GATEWAY_CONSUMER_HEADER: 'X-Acme-Consumer', TRUSTED_PROXIES: '127.0.0.1' })
  const { text, json } = await broker.send({ method: 'GET', path: '/openapi.json' })
  t.match(json, { openapi: '3.1.0', components: { securitySchemes: { gatewayConsumer: { name: 'x-acme-consumer' } } } })
  for (const secret of [API_KEY, 'gateway-canary', 'app-1']) t.notOk(text.includes(secret))
})

t.test('what an error for an SDK refers to is there', async (t) => {
  const broker = await startBroker(t)
  const { json } = await broker.sdk.postJson({ redirectUri: 'x' })
  const [file, pointer = ''] = String(json['ref']).split('#')
  t.equal(file, '/openapi.json')
  const { json: document } = await broker.send({ method: 'GET', path: file as string })
  const example = pointer.split('/').slice(1).reduce((value: unknown, key) => (value as Record<string, unknown>)[key], document)
  t.match(example, { value: { code: 'invalid_request' } })
})
