import t from 'tap'
import { accountingSession, crmSession, formFields } from '../../../demo/sample/session.js'

const origins = { sample: 'http://localhost:4000', broker: 'http://localhost:3000', vault: 'https://localhost:4002' }

t.test('a session becomes the fields of a form', async (t) => {
  const fields = formFields({ redirect_uri: 'https://a.example', settings: { unified_apis: ['crm', 'hris'], show_logs: false } })
  t.strictSame(fields, [
    ['redirect_uri', 'https://a.example'],
    ['settings[unified_apis][]', 'crm'],
    ['settings[unified_apis][]', 'hris'],
    ['settings[show_logs]', 'false'],
  ])
})

t.test('both sessions lead back to the sample page', async (t) => {
  for (const session of [crmSession(origins), accountingSession(origins)]) {
    t.match(session['redirect_uri'], 'http://localhost:4000/settings/integrations?from=vault')
  }
})
