import { decodeJwt, decodeProtectedHeader } from 'jose'
import t from 'tap'
import { apideckHeaders, testApideck } from '../../helpers/apideck.js'
import { exampleSession } from '../../helpers/example-session.js'

const now = () => new Date('2026-01-01T00:00:00Z')
const ISSUED_AT = now().getTime() / 1000

t.test('mints a token that carries the session', async (t) => {
  const { apideck, post } = await testApideck(t, { now })
  const { status, headers, body } = await post(JSON.stringify(exampleSession))

  t.equal(status, 200)
  t.match(headers, { 'request-id': /./ })
  t.strictSame(Object.keys(body), ['status_code', 'status', 'data'])
  t.match(body, { status_code: 200, status: 'OK' })
  t.equal(body.data.session_uri, `${apideck.vaultOrigin}/session/${body.data.session_token}`)
  t.match(apideck.vaultOrigin, /^https:\/\/localhost:\d+$/)

  t.equal(decodeProtectedHeader(body.data.session_token).alg, 'HS256')
  t.strictSame(decodeJwt(body.data.session_token), {
    ...exampleSession,
    consumer_id: 'acme',
    application_id: 'app-1',
    scopes: [],
    iat: ISSUED_AT,
    exp: ISSUED_AT + 1800,
  })
})

t.test('a session lasts an hour unless it says otherwise', async (t) => {
  const { post } = await testApideck(t, { now, vaultOrigin: 'https://vault.apideck.com' })
  const { body } = await post('')
  t.equal(decodeJwt(body.data.session_token).exp, ISSUED_AT + 3600)
  t.match(body.data.session_uri, /^https:\/\/vault\.apideck\.com\/session\//)
})

t.test('remembers what it received as it came in', async (t) => {
  const { apideck, post } = await testApideck(t)
  await post('{ "settings": {} }')
  await post('nonsense', {})
  t.match(apideck.requests, [{ method: 'POST', url: '/vault/sessions', body: '{ "settings": {} }' }, { body: 'nonsense' }])
  t.match(apideck.requests[0]?.rawHeaders.join(), 'authorization,Bearer sk_test_1')
})

function without (name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(apideckHeaders).filter(([key]) => key !== name))
}

const headerRows: Array<[title: string, headers: Record<string, string>, status: number, typeName: string, detail?: string]> = [
  ['a missing key', without('authorization'), 401, 'UnauthorizedError'],
  ['a wrong key', { ...apideckHeaders, authorization: 'Bearer sk_test_2' }, 401, 'UnauthorizedError'],
  ['a key without Bearer', { ...apideckHeaders, authorization: 'sk_test_1' }, 401, 'UnauthorizedError'],
  ['another application', { ...apideckHeaders, 'x-apideck-app-id': 'app-2' }, 401, 'UnauthorizedError'],
  ['a missing app id', without('x-apideck-app-id'), 400, 'RequestHeadersValidationError', 'Missing Header: x-apideck-app-id'],
  ['an empty consumer id', { ...apideckHeaders, 'x-apideck-consumer-id': '' }, 400, 'RequestHeadersValidationError', 'Missing Header: x-apideck-consumer-id'],
  ['a missing content type', without('content-type'), 400, 'RequestHeadersValidationError', 'Invalid Header: content-type'],
  ['another content type', { ...apideckHeaders, 'content-type': 'application/jsonp' }, 400, 'RequestHeadersValidationError', 'Invalid Header: content-type'],
  ['an accept without JSON', { ...apideckHeaders, accept: 'text/html' }, 400, 'RequestHeadersValidationError', 'Invalid Header: accept'],
]

t.test('headers', async (t) => {
  const { post } = await testApideck(t)
  for (const [title, headers, status, typeName, detail] of headerRows) {
    t.test(`refuses ${title}`, async (t) => {
      const answer = await post('{}', headers)
      t.equal(answer.status, status)
      t.match(answer.body, { status_code: status, type_name: typeName, ...(detail && { detail }) })
      t.match(answer.headers, { 'request-id': /./ })
    })
  }

  t.test('takes a content type with a charset, and no accept at all', async (t) => {
    const answer = await post('{}', { ...without('accept'), 'content-type': 'application/json; charset=utf-8' })
    t.equal(answer.status, 200)
  })
})

const refusedBodies: Array<[title: string, body: string, status: number, typeName: string, detail: unknown]> = [
  ['broken JSON', '{', 400, 'RequestValidationError', 'The body is not valid JSON'],
  ['an array', '[]', 400, 'RequestValidationError', { '': /object/ }],
  ['an unknown property', '{"redirectUri":"https://a.example"}', 400, 'RequestValidationError', { redirectUri: /./ }],
  ['an unknown setting', '{"settings":{"sessionLength":"1h"}}', 400, 'RequestValidationError', { 'settings.sessionLength': /./ }],
  ['a boolean as a string', '{"settings":{"show_logs":"false"}}', 400, 'RequestValidationError', { 'settings.show_logs': /boolean/ }],
  ['a null', '{"theme":null}', 400, 'RequestValidationError', { theme: /object/ }],
  ['an unknown action', '{"settings":{"allow_actions":["explode"]}}', 400, 'RequestValidationError', { 'settings.allow_actions.0': /./ }],
  ['a length that is none', '{"settings":{"session_length":"soon"}}', 422, 'InvalidStateError', { 'settings.session_length': /duration/ }],
  ['more than a week', '{"settings":{"session_length":"8d"}}', 422, 'InvalidStateError', { 'settings.session_length': /week/ }],
]

const takenBodies: Array<[title: string, session: object]> = [
  ['an empty session', {}],
  ['an empty list of actions', { settings: { allow_actions: [] } }],
  ['keys of its own in theme and consumer', { theme: { font: 'Inter' }, consumer_metadata: { plan: 'pro' } }],
  ['a unified API that is new', { settings: { unified_apis: ['quantum-crm'] } }],
  ['a week', { settings: { session_length: '1w' } }],
]

t.test('bodies', async (t) => {
  const { post } = await testApideck(t)
  for (const [title, body, status, typeName, detail] of refusedBodies) {
    t.test(`refuses ${title}`, async (t) => {
      const answer = await post(body)
      t.equal(answer.status, status)
      t.match(answer.body, { type_name: typeName, detail })
    })
  }
  for (const [title, session] of takenBodies) {
    t.test(`takes ${title} as it is`, async (t) => {
      const { status, body } = await post(JSON.stringify(session))
      t.equal(status, 200)
      t.match(decodeJwt(body.data.session_token), session)
    })
  }
  t.test('leaves a body that is too large to the server', async (t) => {
    t.equal((await post(`"${'x'.repeat(2 ** 20)}"`)).status, 413)
  })
})

t.test('answers another path with its own error', async (t) => {
  const { apideck, get } = await testApideck(t)
  const { status, text } = await get(`${apideck.apiOrigin}/vault/consumers`)
  t.equal(status, 404)
  t.match(JSON.parse(text), { type_name: 'EntityNotFoundError', detail: 'GET /vault/consumers does not exist' })
})
