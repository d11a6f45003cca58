import t from 'tap'
import { readPolicy } from '../../src/config/policy-file.js'

const redirectUris = ['https://app.acme.com']

function read (policy: unknown, identity = 'static') {
  const faults: string[] = []
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy)
  return { policy: readPolicy(text, { redirectUris, identity }, faults), faults }
}

const workable = {
  session: { theme: { vault_name: 'Acme' }, redirect_uri: 'https://app.acme.com/integrations', settings: { session_length: '30m' } },
  caller_fields: ['redirect_uri', 'settings.unified_apis'],
  max_session_length: '1h',
}

t.test('a policy that works is taken as it is', async (t) => {
  t.strictSame(read(workable), { policy: workable, faults: [] })
  t.strictSame(read('{}'), { policy: {}, faults: [] })
})

const rows: Array<[what: string, policy: unknown, fault: string]> = [
  ['text that is not JSON', '{"session":', 'names a file that is not JSON'],
  ['something other than an object', '[]', ': the whole must be an object'],
  ['an unknown field', { sesion: {} }, ': /sesion is not a known property'],
  ['a session that the schema refuses', { session: { settings: { showLogs: true } } }, ': /session/settings/showLogs is not a known property; did you mean show_logs?'],
  ['a caller field that there is not', { caller_fields: ['theme', 'settings.color'] }, ': /caller_fields/1 must be a property of a Session, such as theme or settings.unified_apis'],
  ['too long a maximum', { max_session_length: '2w' }, ': /max_session_length must be a duration such as 90s, 30m, 12h, 7d or 1w, at most one week'],
  ['a redirect URI that the list refuses', { session: { redirect_uri: 'https://evil.example/' } }, ': /session/redirect_uri must be allowed by ALLOWED_REDIRECT_URIS'],
  ['a session longer than its own maximum', { session: { settings: { session_length: '2h' } }, max_session_length: '1h' }, ': /session/settings/session_length must not be longer than /max_session_length'],
  ['a session of more than 4 KiB', { session: { custom_consumer_settings: { a: 'x'.repeat(4_000), b: 'x'.repeat(100) } } }, ': /session must have at most 4096 bytes'],
  ['claims where there are none', { consumer_metadata_claims: { email: 'email' } }, ': /consumer_metadata_claims needs verified claims, which IDENTITY=static does not have'],
]
for (const [what, policy, fault] of rows) {
  t.test(`refuses ${what}, by pointer`, async (t) => {
    t.strictSame(read(policy).faults, [`SESSION_POLICY_FILE${fault.startsWith(':') ? '' : ' '}${fault}`])
  })
}

t.test('claims are for tokens alone', async (t) => {
  const policy = { consumer_metadata_claims: { email: 'email' } }
  t.strictSame(read(policy, 'jwt'), { policy, faults: [] })
  t.strictSame(read(policy, 'gateway').faults, ['SESSION_POLICY_FILE: /consumer_metadata_claims needs verified claims, which IDENTITY=gateway does not have'])
})

for (const field of ['consumer_metadata', 'consumer_metadata.email']) {
  t.test(`what claims fill cannot be for callers too, as ${field}`, async (t) => {
    t.strictSame(read({ consumer_metadata_claims: { user_name: 'name' }, caller_fields: ['theme', field] }, 'jwt').faults, [
      'SESSION_POLICY_FILE: /caller_fields/1 must not be consumer_metadata, which /consumer_metadata_claims fills',
    ])
  })
}
