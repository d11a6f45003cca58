import { Ajv } from 'ajv'
import t from 'tap'
import { SessionPolicySchema, sessionPaths } from '../../src/schemas/policy.js'
import { strictOptions, vocabulary } from '../../src/schemas/vocabulary.js'

const validate = new Ajv({ ...strictOptions, ...vocabulary }).compile(SessionPolicySchema)

t.test('a Session\'s properties are named as paths, branches and fields', async (t) => {
  t.equal(sessionPaths.length, 5 + 4 + 11 + 8)
  for (const path of ['redirect_uri', 'theme', 'theme.logo', 'settings.unified_apis', 'consumer_metadata.email', 'custom_consumer_settings']) {
    t.ok(sessionPaths.includes(path), path)
  }
})

for (const policy of [
  {},
  { session: { theme: { vault_name: 'Acme' } }, caller_fields: ['redirect_uri', 'settings.unified_apis', 'theme'], max_session_length: '1h', consumer_metadata_claims: { email: 'email' } },
]) {
  t.test(`takes ${JSON.stringify(policy)}`, async (t) => t.ok(validate(policy)))
}
for (const policy of [
  { unknown: 1 },
  { session: { nope: 1 } },
  { caller_fields: ['settings.nope'] },
  { caller_fields: 'theme' },
  { max_session_length: '2w' },
  { consumer_metadata_claims: { phone: 'phone' } },
  [],
]) {
  t.test(`refuses ${JSON.stringify(policy)}`, async (t) => t.notOk(validate(policy)))
}
