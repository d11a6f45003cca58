import t from 'tap'
import { allowedRedirectUri } from '../../src/policy/redirect-uri.js'

const allowed = ['https://app.acme.com']

t.test('what goes upstream is the parsed form', async (t) => {
  t.equal(allowedRedirectUri('https://app.acme.com', allowed), 'https://app.acme.com/')
})

t.test('a refusal tells the rule, not the list and not the value', async (t) => {
  for (const text of ['https://evil.example/', 'javascript:alert(1)', '']) {
    const error = t.throws(() => allowedRedirectUri(text, allowed), { code: 'redirect_uri_not_allowed', errors: [{ pointer: '/redirect_uri' }] })
    t.notMatch(JSON.stringify(error) + String(error), /acme|evil/)
  }
})
