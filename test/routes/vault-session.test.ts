import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { EXPIRES_AT, SESSION_URI, TOKEN, httpUpstream } from '../helpers/upstream.js'

const upstream = await httpUpstream(t)
const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, RATE_LIMIT_MAX: '1000' })
const session = { session_uri: SESSION_URI, session_token: TOKEN, expires_at: EXPIRES_AT }

for (const [what, headers] of [
  ['a program', {}],
  ['a script', { 'sec-fetch-mode': 'cors', accept: 'text/html' }],
] as const) {
  t.test(`${what} gets JSON`, async (t) => {
    const answer = await broker.postJson({}, headers)
    t.match(answer, { status: 200, headers: { 'content-type': 'application/json; charset=utf-8', location: undefined } })
    t.strictSame(answer.json, session)
  })
}

for (const [what, headers] of [
  ['a navigation', { 'sec-fetch-mode': 'navigate' }],
  ['who prefers HTML', { accept: 'text/html' }],
] as const) {
  t.test(`${what} gets a 302 to the vault`, async (t) => {
    t.match(await broker.postJson({}, headers), { status: 302, headers: { location: SESSION_URI }, text: '' })
  })
}

t.test('a form gets a 302 to the vault', async (t) => {
  t.match(await broker.postForm('settings[unified_apis][]=crm'), { status: 302, headers: { location: SESSION_URI } })
})

t.test('nothing that the browser sends goes upstream but the Session', async (t) => {
  await broker.postJson({ settings: { show_logs: false } }, {
    authorization: 'Bearer browser-canary',
    cookie: 'a=browser-canary',
    'user-agent': 'browser-canary',
    'x-apideck-app-id': 'browser-canary',
    'x-apideck-service-id': 'browser-canary',
    'x-forwarded-for': '203.0.113.99',
    traceparent: '00-browser-canary-01',
  })
  const received = upstream.received.at(-1)
  t.notMatch(JSON.stringify(received), /browser-canary|203\.0\.113/)
  t.equal(received?.body, '{"settings":{"show_logs":false}}')
})

t.test('the browser does not choose the consumer', async (t) => {
  const calls = upstream.received.length
  t.match(await broker.postJson({}, { 'x-apideck-consumer-id': 'globex' }), { status: 403, json: { code: 'consumer_not_allowed' } })
  t.equal(upstream.received.length, calls)
  t.match(await broker.postJson({}, { 'x-apideck-consumer-id': 'acme' }), { status: 200 })
})

t.test('who is not known makes us parse nothing', async (t) => {
  t.match(await broker.postJson('{ not JSON', { 'x-apideck-consumer-id': 'globex' }), { status: 403 })
})
