import type { TSchema } from '@sinclair/typebox'
import { Ajv } from 'ajv'
import t from 'tap'
import { describeFaults } from '../../src/schemas/faults.js'
import { SessionSchema, sessionPaths } from '../../src/schemas/session.js'
import { strictOptions, vocabulary } from '../../src/schemas/vocabulary.js'
import { exampleSession } from '../helpers/example-session.js'

const validate = new Ajv({ ...strictOptions, ...vocabulary }).compile(SessionSchema)

/** The pointers and messages that a body is refused with; none where it is a Session. */
function faultsOf (body: unknown): Array<[pointer: string, message: string]> {
  validate(body)
  return describeFaults(validate.errors ?? []).map(({ pointer, message }) => [pointer, message])
}

const accepted: Array<[what: string, body: unknown]> = [
  ['an empty Session', {}],
  ['the example in Apideck\'s documentation', exampleSession],
  ['empty branches', { settings: {}, theme: {}, consumer_metadata: {}, custom_consumer_settings: {} }],
  ['an empty allow_actions', { settings: { allow_actions: [] } }],
  ['a unified API that is not known yet', { settings: { unified_apis: ['quantum-ledger-2'] } }],
  ['every boolean', { settings: { hide_resource_settings: true, sandbox_mode: false, isolation_mode: true, show_logs: false, show_suggestions: true, show_sidebar: false, auto_redirect: true, hide_guides: false } }],
  ['each form of a colour', { theme: { primary_color: '#fff', sidepanel_background_color: '#FFFFFF80', sidepanel_text_color: '#abcd' } }],
  ['text outside ASCII', { theme: { vault_name: 'Büro 東京 🏢' } }],
  ['free-form keys as they are', { custom_consumer_settings: { camelCase: 1, 'with space': [null, true, 'x'] } }],
]
for (const [what, body] of accepted) {
  t.test(`takes ${what}`, async (t) => t.strictSame(faultsOf(body), []))
}

const text = (length: number) => `must be text of at most ${length} characters, without control characters`
const url = 'must be an https URL of at most 2048 characters'
const flag = 'must be true or false'
const colour = 'must be a CSS hex colour such as #286efa'
const length = 'must be a duration such as 90s, 30m, 12h, 7d or 1w, at most one week'
const unknown = 'is not a known property'
const freeForm = 'must be an object of at most 8 levels and 256 entries, with keys of at most 128 and strings of at most 4096 characters, and no integer beyond 2^53 - 1'
const long = 'x'.repeat(3_000)

const refused: Array<[what: string, body: unknown, pointer: string, message: string]> = [
  ['null', null, '', 'must be an object'],
  ['an array', [], '', 'must be an object'],
  ['text', 'x', '', 'must be an object'],
  ['an unknown property', { nope: 1 }, '/nope', unknown],
  ['redirectUri', { redirectUri: 'x' }, '/redirectUri', `${unknown}; did you mean redirect_uri?`],
  ['settings.unifiedApis', { settings: { unifiedApis: [] } }, '/settings/unifiedApis', `${unknown}; did you mean unified_apis?`],
  ['theme.primaryColor', { theme: { primaryColor: '#fff' } }, '/theme/primaryColor', `${unknown}; did you mean primary_color?`],
  ['consumerMetadata', { consumerMetadata: {} }, '/consumerMetadata', `${unknown}; did you mean consumer_metadata?`],
  ['an unknown member of settings', { settings: { x: 1 } }, '/settings/x', unknown],
  ['an unknown member of theme', { theme: { x: 1 } }, '/theme/x', unknown],
  ['an unknown member of consumer_metadata', { consumer_metadata: { x: 1 } }, '/consumer_metadata/x', unknown],
  ['a redirect URI that is no text', { redirect_uri: 1 }, '/redirect_uri', 'must be a URL of at most 2048 characters'],
  ['a redirect URI that is too long', { redirect_uri: long }, '/redirect_uri', 'must be a URL of at most 2048 characters'],
  ['settings that are null', { settings: null }, '/settings', 'must be an object'],
  ['a theme that is an array', { theme: [] }, '/theme', 'must be an object'],
  ['a boolean as text', { settings: { show_logs: 'false' } }, '/settings/show_logs', flag],
  ['a boolean as a number', { settings: { sandbox_mode: 0 } }, '/settings/sandbox_mode', flag],
  ['unified APIs as text', { settings: { unified_apis: 'crm' } }, '/settings/unified_apis', 'must be an array of at most 64 ids of unified APIs'],
  ['too many unified APIs', { settings: { unified_apis: Array(65).fill('crm') } }, '/settings/unified_apis', 'must be an array of at most 64 ids of unified APIs'],
  ['a unified API in upper case', { settings: { unified_apis: ['crm', 'CRM'] } }, '/settings/unified_apis/1', 'must be the id of a unified API, such as crm or file-storage'],
  ['an action that there is not', { settings: { allow_actions: ['explode'] } }, '/settings/allow_actions/0', 'must be one of delete, disconnect, reauthorize and disable'],
  ['too many actions', { settings: { allow_actions: Array(5).fill('delete') } }, '/settings/allow_actions', 'must be an array of at most four actions'],
  ['a session of two weeks', { settings: { session_length: '2w' } }, '/settings/session_length', length],
  ['a session length as a number', { settings: { session_length: 30 } }, '/settings/session_length', length],
  ['a named colour', { theme: { primary_color: 'red' } }, '/theme/primary_color', colour],
  ['a colour that holds more', { theme: { primary_color: '#fff;background:url(x)' } }, '/theme/primary_color', colour],
  ['a logo over http', { theme: { logo: 'http://a.example/logo.png' } }, '/theme/logo', url],
  ['a favicon that is a script', { theme: { favicon: 'javascript:alert(1)' } }, '/theme/favicon', url],
  ['a privacy page with userinfo', { theme: { privacy_url: 'https://u:p@a.example' } }, '/theme/privacy_url', url],
  ['terms that are too long a URL', { theme: { terms_url: `https://a.example/${long}` } }, '/theme/terms_url', url],
  ['a logo without slashes', { theme: { logo: 'https:a.example' } }, '/theme/logo', url],
  ['a logo with markup in it', { theme: { logo: 'https://a.example/"><script>' } }, '/theme/logo', url],
  ['an image that is data', { consumer_metadata: { image: 'data:image/png;base64,' } }, '/consumer_metadata/image', url],
  ['too long an account name', { consumer_metadata: { account_name: long } }, '/consumer_metadata/account_name', text(255)],
  ['a line feed in a user name', { consumer_metadata: { user_name: 'a\nb' } }, '/consumer_metadata/user_name', text(255)],
  ['too long an address', { consumer_metadata: { email: long } }, '/consumer_metadata/email', text(254)],
  ['a NUL in the vault\'s name', { theme: { vault_name: 'a\0' } }, '/theme/vault_name', text(255)],
  ['custom settings that are an array', { custom_consumer_settings: [] }, '/custom_consumer_settings', freeForm],
  ['custom settings that are too deep', { custom_consumer_settings: JSON.parse('{"a":'.repeat(9) + '1' + '}'.repeat(9)) }, '/custom_consumer_settings', freeForm],
  ['custom settings with too many entries', { custom_consumer_settings: { a: Array(256).fill(1) } }, '/custom_consumer_settings', freeForm],
  ['custom settings with a number that a double rounds', { custom_consumer_settings: { a: 2 ** 53 } }, '/custom_consumer_settings', freeForm],
]
for (const [what, body, pointer, message] of refused) {
  t.test(`refuses ${what}, and says where and what was expected`, async (t) => t.strictSame(faultsOf(body), [[pointer, message]]))
}

t.test('finds every fault at once', async (t) => {
  const faults = faultsOf({ nope: 1, settings: { show_logs: 1, session_length: 'x' }, theme: { logo: 'x' } })
  t.strictSame(faults.map(([pointer]) => pointer), ['/nope', '/settings/session_length', '/settings/show_logs', '/theme/logo'])
})

t.test('every property says what it expects', async (t) => {
  const branches: Array<Record<string, TSchema>> = [SessionSchema.properties]
  for (const branch of branches) {
    for (const [name, schema] of Object.entries(branch)) {
      t.type(schema['x-expected'], 'string', name)
      if (schema['properties'] !== undefined) branches.push(schema['properties'] as Record<string, TSchema>)
    }
  }
})

t.test('its properties are named as paths, branches and fields', async (t) => {
  t.equal(sessionPaths.length, 5 + 4 + 11 + 8)
  for (const path of ['redirect_uri', 'theme', 'theme.logo', 'settings.unified_apis', 'consumer_metadata.email', 'custom_consumer_settings']) {
    t.ok(sessionPaths.includes(path), path)
  }
})
