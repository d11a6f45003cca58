import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { exampleSession } from '../helpers/example-session.js'
import { startIssuer } from '../helpers/issuer.js'
import { httpUpstream, SESSION_URI, TOKEN } from '../helpers/upstream.js'

const upstream = await httpUpstream(t)
const issuer = await startIssuer(t)
const broker = await startBroker(t, { ...issuer.variables, APIDECK_BASE_URL: upstream.url, ALLOWED_REDIRECT_URIS: 'https://mysaas.com', RATE_LIMIT_MAX: '1000' })
const headers = { authorization: `Bearer ${await issuer.sign({ sub: ['acme', 'globex'] as never })}`, 'x-apideck-consumer-id': 'acme', 'x-apideck-app-id': 'app-of-the-caller' }
const sent = () => JSON.parse(upstream.received.at(-1)?.body ?? '') as unknown

/** The settings that the TypeScript SDK adds. */
const filledIn = { hide_resource_settings: false, sandbox_mode: false, isolation_mode: false, session_length: '1h', show_logs: true, show_suggestions: false, show_sidebar: true, auto_redirect: false, hide_guides: false }

t.test('a session comes in Apideck\'s envelope', async (t) => {
  const answer = await broker.sdk.postJson({}, headers)
  t.match(answer, { status: 200, headers: { 'content-type': 'application/json; charset=utf-8', 'ratelimit-policy': /"session"/, 'cache-control': 'no-store' } })
  t.strictSame(answer.json, { status_code: 200, status: 'OK', data: { session_uri: SESSION_URI, session_token: TOKEN } })
})

t.test('a navigation gets the envelope too', async (t) => {
  t.match(await broker.sdk.postJson({}, { ...headers, accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' }), { status: 200, json: { status: 'OK' } })
})

t.test('the application that a caller names is ignored', async (t) => {
  await broker.sdk.postJson({}, headers)
  t.notMatch(JSON.stringify(upstream.received.at(-1)), /app-of-the-caller/)
})

for (const consumer of ['acme', 'globex']) {
  t.test(`a caller that is entitled to ${consumer} chooses it`, async (t) => {
    t.match(await broker.sdk.postJson({}, { ...headers, 'x-apideck-consumer-id': consumer }), { status: 200 })
    t.match(Object.fromEntries(upstream.received.at(-1)?.headers ?? []), { 'x-apideck-consumer-id': consumer })
  })
}

t.test('nobody chooses a consumer that they are not entitled to', async (t) => {
  const calls = upstream.received.length
  t.match(await broker.sdk.postJson({}, { ...headers, 'x-apideck-consumer-id': 'initech' }), {
    status: 403, json: { status_code: 403, error: 'Forbidden', type_name: 'ConsumerNotAllowedError', detail: { code: 'consumer_not_allowed' } },
  })
  t.equal(upstream.received.length, calls)
})

const { settings, ...rest } = exampleSession
const filled = { ...settings, ...filledIn, session_length: settings.session_length }
const alphabetical = Object.fromEntries(Object.entries(filled).sort())
const json = { 'content-type': 'application/json' }

const wire: Array<[what: string, headers: Record<string, string>, body: string | undefined, session: unknown]> = [
  ['TypeScript', { ...json, cookie: '' }, JSON.stringify({ ...rest, settings: filled }), exampleSession],
  ['TypeScript, without a Session', { ...json, cookie: '' }, undefined, {}],
  ['TypeScript, with settings that say nothing', { ...json, cookie: '' }, JSON.stringify({ settings: filledIn }), {}],
  ['Go', json, JSON.stringify({ ...rest, settings: alphabetical }), exampleSession],
  ['PHP', json, JSON.stringify({ ...rest, settings: filled }).replaceAll('/', '\\/'), exampleSession],
  ['PHP, with an empty list of actions', json, JSON.stringify({ settings: { allow_actions: [], ...filledIn } }), { settings: { allow_actions: [] } }],
  ['C#', { 'content-type': 'application/json; charset=utf-8' }, JSON.stringify({ ...rest, settings: filled }), exampleSession],
]
for (const [what, more, body, session] of wire) {
  t.test(`takes what the SDK for ${what} sends`, async (t) => {
    const answer = await broker.sdk.send({ headers: { ...headers, accept: 'application/json', ...more }, ...(body === undefined ? {} : { body }) })
    t.match(answer, { status: 200, json: { status: 'OK' } })
    t.strictSame(sent(), session)
  })
}

t.test('a setting that an SDK fills in is neither held against the caller nor put before the operator\'s', async (t) => {
  const policy = { session: { settings: { show_logs: false } }, caller_fields: ['settings.unified_apis'], max_session_length: '30m' }
  const SESSION_POLICY_FILE = `${t.testdir({ 'policy.json': JSON.stringify(policy) })}/policy.json`
  const ruled = await startBroker(t, { APIDECK_BASE_URL: upstream.url, SESSION_POLICY_FILE })
  t.match(await ruled.sdk.postJson({ settings: { ...filledIn, unified_apis: ['crm'] } }), { status: 200 })
  t.strictSame(sent(), { settings: { show_logs: false, unified_apis: ['crm'], session_length: '30m' } })
  t.match(ruled.log().find(({ msg }) => msg === 'audit'), { event: 'session_minted', fields: ['settings.unified_apis'] })

  for (const [name, value] of Object.entries({ hide_guides: true, show_sidebar: false, session_length: '60m' })) {
    t.match(await ruled.sdk.postJson({ settings: { ...filledIn, [name]: value } }), {
      status: 422, json: { type_name: 'PolicyViolationError', detail: { errors: [{ pointer: `/settings/${name}`, message: 'may not be set by callers' }] } },
    })
  }
  t.match(await ruled.postJson({ settings: { show_sidebar: true } }), { status: 422 }, 'who is no SDK means what it says')
})

t.test('a form is not for this route', async (t) => {
  t.match(await broker.sdk.postForm('settings[unified_apis][]=crm', headers), { status: 415, json: { status_code: 415, detail: { code: 'unsupported_media_type' } } })
})
