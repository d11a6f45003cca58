import { Type, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { plainSchema, type JsonSchema } from '../../src/openapi/plain.js'
import { SessionSchema } from '../../src/schemas/session.js'

const rows: Array<[what: string, schema: TSchema, plain: JsonSchema]> = [
  ['what is expected becomes the description', Type.String({ 'x-expected': 'a word' }), { type: 'string', description: 'Must be a word.' }],
  ['what the type says already is not said again', Type.Boolean({ 'x-expected': 'true or false' }), { type: 'boolean' }],
  ['bounds of our own stay in words alone', Type.Unsafe({ type: 'object', 'x-limits': { depth: 8 }, 'x-expected': 'small' }), { type: 'object', description: 'Must be small.' }],
  ['an https URL is a URI that begins so', Type.String({ format: 'https-url' }), { type: 'string', format: 'uri', pattern: '^https://' }],
  ['a format that all know is left', Type.String({ format: 'date-time' }), { type: 'string', format: 'date-time' }],
  ['items and members are converted too', Type.Object({ of: Type.Array(Type.String({ format: 'session-length' })) }), {
    type: 'object', required: ['of'], properties: { of: { type: 'array', items: { type: 'string', pattern: '^[1-9][0-9]{0,5}[smhdw]$' } } },
  }],
]
for (const [what, schema, plain] of rows) {
  t.test(what, async (t) => t.strictSame(plainSchema(schema), plain))
}

t.test('nothing that is ours alone is left of a Session', async (t) => {
  t.notMatch(JSON.stringify(plainSchema(SessionSchema)), /"x-|https-url|session-length/)
})
