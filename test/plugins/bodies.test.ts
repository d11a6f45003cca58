import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { httpUpstream } from '../helpers/upstream.js'

const upstream = await httpUpstream(t)
const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, RATE_LIMIT_MAX: '1000' })
const sent = () => JSON.parse(upstream.received.at(-1)?.body ?? '') as unknown

t.test('no body at all is an empty Session', async (t) => {
  for (const headers of [{}, { 'content-type': 'application/json' }]) {
    t.match(await broker.send({ headers }), { status: 200 })
    t.strictSame(sent(), {})
  }
  t.match(await broker.postForm(''), { status: 302 })
  t.strictSame(sent(), {})
})

for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8']) {
  t.test(`${type} is JSON`, async (t) => {
    t.match(await broker.postJson({ settings: { show_logs: false } }, { 'content-type': type }), { status: 200 })
    t.strictSame(sent(), { settings: { show_logs: false } })
  })
}

for (const type of ['text/plain', 'application/jsonx', 'application/vnd.api+json', 'multipart/form-data; boundary=x', 'application/xml', 'application', '*/*']) {
  t.test(`${type} is refused`, async (t) => {
    t.match(await broker.postJson('{}', { 'content-type': type }), { status: 415, json: { code: 'unsupported_media_type' } })
  })
}

t.test('a body without a type is refused', async (t) => {
  t.match(await broker.send({ body: '{}' }), { status: 415, json: { code: 'unsupported_media_type' } })
})

const broken: Array<[what: string, body: string]> = [
  ['half an object', '{"theme":'],
  ['two objects', '{}{}'],
  ['a comment', '{} // x'],
  ['single quotes', "{'a':1}"],
  ['a polluted prototype', '{"__proto__":{"x":1}}'],
  ['a polluted prototype further in', '{"custom_consumer_settings":{"a":{"__proto__":{"x":1}}}}'],
  ['a polluted constructor', '{"custom_consumer_settings":{"constructor":{"prototype":{"x":1}}}}'],
  ['null', 'null'],
  ['8,000 levels of arrays', '['.repeat(8_000) + ']'.repeat(8_000)],
]
for (const [what, body] of broken) {
  t.test(`refuses ${what}`, async (t) => {
    t.match(await broker.postJson(body), { status: 400, json: { code: 'invalid_request' } })
  })
}

t.test('takes 16 KiB and refuses a byte more', async (t) => {
  const body = (length: number) => `{}${' '.repeat(length - 2)}`
  t.match(await broker.postJson(body(16_384)), { status: 200 })
  t.match(await broker.postJson(body(16_385)), { status: 413, json: { code: 'payload_too_large' } })
})

t.test('bytes that are not UTF-8 are refused, not replaced', async (t) => {
  for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
    const body = Buffer.concat([Buffer.from('{"theme":{"vault_name":"'), Buffer.from([0xff]), Buffer.from('"}}')])
    t.match(await broker.send({ headers: { 'content-type': type, 'sec-fetch-mode': 'cors' }, body }), { status: 400, json: { code: 'invalid_request', detail: 'The body is not valid UTF-8.' } })
  }
})

t.test('a Session that is larger as JSON than as a form is held to the same bound', async (t) => {
  const body = ['a', 'b', 'c', 'd'].map((name) => `custom_consumer_settings[${name}]=${'\u0001'.repeat(4_000)}`).join('&')
  t.match(await broker.postForm(body), { status: 413 })
})

const forms: Array<[what: string, body: string, session: unknown]> = [
  ['text', 'theme[vault_name]=Acme+%26+Sons', { theme: { vault_name: 'Acme & Sons' } }],
  ['an array', 'settings[unified_apis][]=crm&settings[unified_apis][]=ats', { settings: { unified_apis: ['crm', 'ats'] } }],
  ['an array with indices', 'settings[unified_apis][0]=crm&settings[unified_apis][1]=ats', { settings: { unified_apis: ['crm', 'ats'] } }],
  ['encoded brackets', 'settings%5Bunified_apis%5D%5B%5D=crm', { settings: { unified_apis: ['crm'] } }],
  ['an empty array', 'settings[allow_actions][]=', { settings: { allow_actions: [] } }],
  ['booleans', 'settings[show_logs]=false&settings[sandbox_mode]=true&settings[hide_guides]=on', { settings: { show_logs: false, sandbox_mode: true, hide_guides: true } }],
  ['free-form text, never converted', 'custom_consumer_settings[a]=true&custom_consumer_settings[b][c]=1', { custom_consumer_settings: { a: 'true', b: { c: '1' } } }],
]
for (const [what, body, session] of forms) {
  t.test(`a form brings ${what}`, async (t) => {
    t.match(await broker.postForm(body), { status: 302 })
    t.strictSame(sent(), session)
  })
}

const refusedForms: Array<[what: string, body: string, pointer: string | undefined]> = [
  ['an unknown field', 'redirectUri=x', '/redirectUri'],
  ['a boolean that is none', 'settings[show_logs]=no', '/settings/show_logs'],
  ['an empty boolean', 'settings[show_logs]=', '/settings/show_logs'],
  ['a field twice', 'theme[vault_name]=a&theme[vault_name]=b', '/theme/vault_name'],
  ['text where a branch belongs', 'settings=x', '/settings'],
  ['text for an array', 'settings[unified_apis]=crm', '/settings/unified_apis'],
  ['a member that objects inherit', 'settings[toString]=true', '/settings/toString'],
  ['dots for brackets', 'settings.show_logs=true', '/settings.show_logs'],
  ['too many brackets', `custom_consumer_settings${'[a]'.repeat(20)}=1`, undefined],
  ['too many fields', 'a=&'.repeat(600), undefined],
  ['a polluted prototype', 'theme[__proto__][x]=1', undefined],
  ['a polluted prototype, encoded', 'theme[%5f%5fproto%5f%5f][x]=1', undefined],
  ['a polluted root', '__proto__[x]=1', undefined],
  ['a polluted prototype behind an equals sign', 'custom_consumer_settings[a=b][__proto__]=x', undefined],
  ['a polluted constructor', 'custom_consumer_settings[constructor][prototype][x]=1', undefined],
  ['something behind its brackets', 'theme[vault_name]extra=x', undefined],
  ['an array in an array', 'settings[unified_apis][][]=crm', undefined],
  ['an array in an array, encoded, behind a line break', 'custom_consumer_settings[%0A]%5B%5D%5B%5D=x', undefined],
  ['no name', '=x', undefined],
  ['brackets for a name', '[theme][vault_name]=x', undefined],
  ['half an encoded character', 'theme[vault_name]=%FF', undefined],
]
for (const [what, body, pointer] of refusedForms) {
  t.test(`a form with ${what} is refused`, async (t) => {
    const answer = await broker.postForm(body, { 'sec-fetch-mode': 'cors' })
    t.match(answer, { status: 400, json: { code: 'invalid_request' } })
    if (pointer !== undefined) t.match(answer.json, { errors: [{ pointer }] })
  })
}
