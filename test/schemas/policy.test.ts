import { Ajv } from 'ajv'
import t from 'tap'
import { SessionPolicySchema } from '../../src/schemas/policy.js'
import { strictOptions, vocabulary } from '../../src/schemas/vocabulary.js'

const validate = new Ajv({ ...strictOptions, ...vocabulary }).compile(SessionPolicySchema)

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
