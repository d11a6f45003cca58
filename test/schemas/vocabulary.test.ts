import { Ajv } from 'ajv'
import t from 'tap'
import { EnvelopeSchema } from '../../src/schemas/apideck.js'
import { EnvironmentSchema } from '../../src/schemas/environment.js'
import { MintedSessionSchema } from '../../src/schemas/minted-session.js'
import { SessionPolicySchema } from '../../src/schemas/policy.js'
import { SessionSchema } from '../../src/schemas/session.js'
import { UpstreamSessionSchema } from '../../src/schemas/upstream.js'
import { strictOptions, vocabulary } from '../../src/schemas/vocabulary.js'

const ajv = new Ajv({ ...strictOptions, ...vocabulary })

const rows: Array<[format: keyof typeof vocabulary.formats, fits: string, doesNot: string]> = [
  ['https-url', 'https://a.example', 'http://a.example'],
  ['session-length', '1h', '1y'],
  ['redirect-uri', 'https://a.example/done', 'https://a.example//done'],
  ['web-origin', 'https://a.example', 'https://a.example/'],
  ['base-url', 'http://127.0.0.1:1', 'http://a.example'],
  ['host', 'a.example', 'A.example'],
  ['cidr', '10.0.0.0/8', '10.0.0.0/99'],
  ['consumer-id', 'acme', 'ac me'],
  ['secure-url', 'https://a.example/jwks?p=1', 'https://a.example/jwks#1'],
  ['collector-url', 'http://a.example:4318', 'http://a.example/?a'],
  ['pairs', 'a=b', 'a'],
  ['header-pairs', 'a=b', 'a%20b=c'],
  ['redis-url', 'rediss://a.example/1', 'https://a.example/1'],
  ['header-name', 'x-org', 'x_org'],
]
t.strictSame(rows.map(([format]) => format).sort(), Object.keys(vocabulary.formats).sort(), 'a row for each format')
for (const [format, fits, doesNot] of rows) {
  t.test(`the format ${format} is checked`, async (t) => {
    const validate = ajv.compile({ type: 'string', format })
    t.ok(validate(fits))
    t.notOk(validate(doesNot))
  })
}

t.test('nothing is removed, converted or filled in', async (t) => {
  const validate = ajv.compile({ type: 'object', additionalProperties: false, properties: { n: { type: 'integer' }, d: { type: 'integer', default: 1 } } })
  const body = { n: '7', extra: true }
  t.notOk(validate(body))
  t.strictSame(body, { n: '7', extra: true })
})

for (const [name, schema] of Object.entries({ EnvironmentSchema, SessionPolicySchema, SessionSchema, UpstreamSessionSchema, MintedSessionSchema, EnvelopeSchema })) {
  t.test(`${name} is a schema`, async (t) => {
    const ajv = new Ajv({ ...vocabulary })
    t.ok(ajv.validateSchema(schema), ajv.errorsText())
  })
}
