import t, { type Test } from 'tap'
import { createSample } from '../../../demo/sample/sample.js'

const origins = { sample: 'http://localhost:4000', broker: 'http://localhost:3000', vault: 'https://localhost:4002' }

async function start (t: Test) {
  const sample = createSample(origins)
  t.teardown(() => sample.close())
  const url = await sample.listen({ host: '127.0.0.1', port: 0 })
  return (path: string) => fetch(url + path, { redirect: 'manual' })
}

t.test('the page lets the browser go to the broker and the vault, and nowhere else', async (t) => {
  const get = await start(t)
  const { status, headers } = await get('/settings/integrations')
  t.equal(status, 200)
  t.equal(headers.get('content-security-policy'), [
    'default-src \'none\'',
    'script-src \'self\'',
    'style-src \'self\'',
    'img-src \'self\'',
    'connect-src http://localhost:3000',
    'form-action http://localhost:3000 https://localhost:4002',
    'base-uri \'none\'',
    'frame-ancestors \'none\'',
  ].join('; '))
  t.equal(headers.get('referrer-policy'), 'strict-origin-when-cross-origin')
  t.equal(headers.get('x-content-type-options'), 'nosniff')
})

t.test('the page has both ways in and nothing inline', async (t) => {
  const get = await start(t)
  const page = await (await get('/settings/integrations')).text()
  t.match(page, '<form method="post" action="http://localhost:3000/vault-session">')
  t.match(page, 'name="settings[unified_apis][]" value="crm"')
  t.match(page, 'data-endpoint="http://localhost:3000/vault-session"')
  t.notMatch(page, /<style|<script(?! src)| on\w+=| style=/)
})

const notices: Array<[title: string, query: string, notice: string | undefined]> = [
  ['nothing to one who was not in the vault', '', undefined],
  ['nothing for a connection alone', '?authorizedConnection=hubspot', undefined],
  ['welcome to one who comes back', '?from=vault', 'Welcome back.'],
  ['which connection was made', '?from=vault&authorizedConnection=hubspot', 'HubSpot is connected.'],
  ['no name that it does not know', '?from=vault&authorizedConnection=%3Cb%3Ex', 'Welcome back.'],
  ['no two names', '?from=vault&authorizedConnection=hubspot&authorizedConnection=gusto', 'Welcome back.'],
]

t.test('notices', async (t) => {
  const get = await start(t)
  for (const [title, query, notice] of notices) {
    t.test(`says ${title}`, async (t) => {
      const page = await (await get(`/settings/integrations${query}`)).text()
      t.equal(/role="status"><strong>([^<]+)</.exec(page)?.[1], notice)
    })
  }
})

t.test('the root leads to the page', async (t) => {
  const get = await start(t)
  t.equal((await get('/')).headers.get('location'), '/settings/integrations')
})

t.test('the files of the page are there', async (t) => {
  const get = await start(t)
  const rows: Array<[name: string, type: RegExp]> = [
    ['sample.css', /^text\/css/],
    ['sample.js', /^text\/javascript/],
    ['larkspur.svg', /^image\/svg\+xml/],
    ['ada-park.svg', /^image\/svg\+xml/],
  ]
  for (const [name, type] of rows) {
    const answer = await get(`/assets/${name}`)
    t.equal(answer.status, 200, name)
    t.match(answer.headers.get('content-type'), type)
  }
})
