import t from 'tap'
import { startBroker } from '../helpers/broker.js'

const app = 'https://app.acme.com'
const broker = await startBroker(t, { ALLOWED_ORIGINS: app })
const path = '/openapi.json'

t.test('the document is JSON, for who asks and for pages that are allowed', async (t) => {
  t.match(await broker.send({ method: 'GET', path }), { status: 200, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }, json: { openapi: '3.1.0' } })
  t.match(await broker.send({ method: 'GET', path, headers: { origin: app } }), { status: 200, headers: { 'access-control-allow-origin': app } })
  t.match(await broker.send({ method: 'GET', path, headers: { origin: 'https://evil.example' } }), { status: 403 })
})

t.test('it is read, and nothing else', async (t) => {
  t.match(await broker.send({ method: 'HEAD', path }), { status: 200, text: '' })
  t.match(await broker.send({ method: 'POST', path }), { status: 405, headers: { allow: 'GET, HEAD' } })
})
