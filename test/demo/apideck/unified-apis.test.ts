import t from 'tap'
import { unifiedApis } from '../../../demo/apideck/unified-apis.js'

t.test('all are there where none are asked for', async (t) => {
  t.equal(unifiedApis().length, 28)
  t.equal(unifiedApis([]).length, 28)
})

t.test('those asked for are there, in that order', async (t) => {
  t.match(unifiedApis(['email-marketing', 'crm']), [{ name: 'Email marketing', service: 'mailchimp' }, { name: 'CRM' }])
})

t.test('one that is not known yet is shown as it is', async (t) => {
  t.match(unifiedApis(['quantum-crm']), [{ id: 'quantum-crm', name: 'quantum-crm', service: 'quantum-crm-sandbox' }])
})
