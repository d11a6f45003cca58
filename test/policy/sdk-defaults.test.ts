import t from 'tap'
import { withoutDefaults } from '../../src/policy/sdk-defaults.js'
import { sdkDefaults, type Session } from '../../src/schemas/session.js'

const rows: Array<[what: string, session: Session, said: Session]> = [
  ['nothing', {}, {}],
  ['no settings', { theme: { vault_name: 'Acme' } }, { theme: { vault_name: 'Acme' } }],
  ['empty settings', { settings: {} }, {}],
  ['all defaults', { redirect_uri: 'https://app.example', settings: sdkDefaults }, { redirect_uri: 'https://app.example' }],
  ['what stands beside the defaults', { settings: { ...sdkDefaults, unified_apis: ['crm'], allow_actions: [] } }, { settings: { unified_apis: ['crm'], allow_actions: [] } }],
  ['what differs from them', { settings: { ...sdkDefaults, session_length: '30m', show_logs: false } }, { settings: { session_length: '30m', show_logs: false } }],
]
for (const [what, session, said] of rows) {
  t.test(`of ${what} it leaves ${JSON.stringify(said)}`, async (t) => {
    const before = structuredClone(session)
    t.strictSame(withoutDefaults(session), said)
    t.strictSame(session, before, 'what came in is as it was')
  })
}
