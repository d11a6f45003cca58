import { readFileSync } from 'node:fs'
import t from 'tap'
import { startApideck } from '../../demo/apideck/apideck.js'
import { version } from '../../src/version.js'
import { startBroker } from '../helpers/broker.js'
import { API_KEY } from '../helpers/environment.js'
import { exampleSession } from '../helpers/example-session.js'

const apideck = await startApideck({ apiKey: API_KEY, appId: 'app-1' })
t.teardown(() => apideck.close())
const broker = await startBroker(t, {
  APIDECK_BASE_URL: apideck.apiOrigin,
  VAULT_HOSTS: new URL(apideck.vaultOrigin).host,
  ALLOWED_REDIRECT_URIS: 'https://mysaas.com,http://localhost:4000',
})

t.test('the example in Apideck\'s documentation arrives upstream as it was sent, with what only the server knows', async (t) => {
  const answer = await broker.postJson(exampleSession)
  t.equal(answer.status, 200)
  const received = apideck.requests.at(-1)
  t.match(received, { method: 'POST', url: '/vault/sessions', body: JSON.stringify(exampleSession) })
  t.strictSame(received?.rawHeaders, [
    'host', new URL(apideck.apiOrigin).host,
    'connection', 'keep-alive',
    'authorization', `Bearer ${API_KEY}`,
    'x-apideck-app-id', 'app-1',
    'x-apideck-consumer-id', 'acme',
    'content-type', 'application/json',
    'accept', 'application/json',
    'user-agent', `vault-session-broker/${version}`,
    'content-length', String(Buffer.byteLength(JSON.stringify(exampleSession))),
  ])
})

t.test('its vault expires when it was asked to', async (t) => {
  const asked = Date.now()
  const { json } = await broker.postJson(exampleSession)
  const lifetime = Date.parse(String(json['expires_at'])) - asked
  t.ok(lifetime > 29 * 60_000 && lifetime <= 31 * 60_000, `${lifetime} ms`)
  t.equal(json['session_uri'], `${apideck.vaultOrigin}/session/${String(json['session_token'])}`)
})

t.test('the example in this repository goes through as JSON and as a redirect', async (t) => {
  const example = readFileSync('example.json', 'utf8')
  t.match(await broker.postJson(example), { status: 200, json: { session_uri: String } })
  t.match(await broker.postJson(example, { accept: 'text/html' }), { status: 302, headers: { location: /^https:\/\/localhost:\d+\/session\/eyJ/ } })
  t.strictSame(JSON.parse(apideck.requests.at(-1)?.body ?? ''), JSON.parse(example))
})
