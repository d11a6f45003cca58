import t from 'tap'
import { request } from 'undici'
import { testApideck } from '../../helpers/apideck.js'

const { apideck, post } = await testApideck(t)

/** What the frame shows for a token. */
async function contentFor (opening: object) {
  const answer = await request(`${apideck.frameOrigin}/content`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(opening),
  })
  return { status: answer.statusCode, text: await answer.body.text() }
}

async function mint (session: object) {
  const { body } = await post(JSON.stringify(session))
  return body.data.session_token
}

t.test('the page may be framed by this machine\'s pages alone, and asks nobody else for anything', async (t) => {
  const { statusCode, headers, body } = await request(apideck.frameOrigin)
  t.equal(statusCode, 200)
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  t.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors http:\/\/localhost:\*$/)
  t.match(await body.text(), '<script src="/assets/modal.js" type="module"></script>')
  for (const asset of ['modal.js', 'modal.css', 'vault.css']) {
    const answer = await request(`${apideck.frameOrigin}/assets/${asset}`)
    t.equal(answer.statusCode, 200, asset)
    await answer.body.dump()
  }
})

t.test('shows whose vault it is and what can be connected, and escapes it', async (t) => {
  const token = await mint({ consumer_metadata: { account_name: 'Acme & <b>' }, settings: { unified_apis: ['crm', 'lead'] }, theme: { vault_name: 'Larkspur' } })
  const { status, text } = await contentFor({ token })
  t.equal(status, 200)
  for (const shown of ['Acme &amp; &lt;b&gt;', 'Larkspur', 'data-api="crm" data-service="hubspot"', 'data-api="lead"']) t.ok(text.includes(shown), shown)
  t.equal(text.match(/data-api=/g)?.length, 2)
})

t.test('shows the one API that the page asks for', async (t) => {
  const { text } = await contentFor({ token: await mint({}), unifiedApi: 'accounting' })
  t.match(text, 'data-service="quickbooks"')
  t.equal(text.match(/data-api=/g)?.length, 1)
})

for (const [what, opening] of [['no token', {}], ['one of nobody', { token: 'a.b.c' }]] as const) {
  t.test(`shows nothing for ${what}`, async (t) => {
    t.match(await contentFor(opening), { status: 401, text: 'This session has ended' })
  })
}
