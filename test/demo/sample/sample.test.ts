import t, { type Test } from 'tap'
import { createDirectory } from '../../../demo/issuer/directory.js'
import { createTokens } from '../../../demo/issuer/tokens.js'
import { createSample } from '../../../demo/sample/sample.js'

const page = '/settings/integrations'
const origins = { sample: 'http://localhost:4000', broker: 'http://localhost:3000', vault: 'https://localhost:4002' }

type Headers = Record<string, string>

async function start (t: Test) {
  const directory = createDirectory()
  const tokens = await createTokens({ issuer: 'http://localhost:4003', directory, pictures: `${origins.vault}/uploads` })
  const sample = createSample({ origins, directory, tokens })
  t.teardown(() => sample.close())
  const url = await sample.listen({ host: '127.0.0.1', port: 0 })

  const get = (path: string, headers: Headers = {}) => fetch(url + path, { redirect: 'manual', headers })
  const postSignIn = (user: string, origin: string) =>
    fetch(`${url}/sign-in`, { method: 'POST', redirect: 'manual', headers: { origin }, body: new URLSearchParams({ user }) })

  /** The headers of somebody who is signed in. */
  async function signIn (user: string): Promise<Headers> {
    const { headers } = await postSignIn(user, origins.sample)
    return { cookie: headers.get('set-cookie')?.split(';', 1)[0] ?? '' }
  }

  return { get, postSignIn, signIn }
}

t.test('the page lets the browser go to Larkspur, the broker and the vault, and nowhere else', async (t) => {
  const { get, signIn } = await start(t)
  const { status, headers } = await get(page, await signIn('ada'))
  t.equal(status, 200)
  t.equal(headers.get('content-security-policy'), [
    'default-src \'none\'',
    'script-src \'self\'',
    'style-src \'self\'',
    'img-src \'self\'',
    'connect-src \'self\' http://localhost:3000',
    'form-action \'self\' http://localhost:3000 https://localhost:4002',
    'base-uri \'none\'',
    'frame-ancestors \'none\'',
  ].join('; '))
  t.equal(headers.get('referrer-policy'), 'strict-origin-when-cross-origin')
  t.equal(headers.get('x-content-type-options'), 'nosniff')
  t.equal(headers.get('cache-control'), 'no-store')
})

t.test('the page has both ways in and nothing inline', async (t) => {
  const { get, signIn } = await start(t)
  const text = await (await get(page, await signIn('ada'))).text()
  t.match(text, '<form class="connect" method="post" action="http://localhost:3000/vault-session">')
  t.match(text, 'name="settings[unified_apis][]" value="crm"')
  t.match(text, 'data-endpoint="http://localhost:3000/vault-session" data-company="acme" data-consumer="acme"')
  t.notMatch(text, /<style|<script(?! src)| on\w+=| style=/)
})

const views: Array<[user: string, choices: string[], current: string, anothers: string]> = [
  ['ada', ['Acme Studio'], 'Acme Studio', 'birch'],
  ['noor', ['Birch &amp; Bay', 'Acme Studio'], 'Birch &amp; Bay', 'cedar'],
]
t.test('the page', async (t) => {
  const { get, signIn } = await start(t)
  for (const [user, choices, current, anothers] of views) {
    t.test(`shows ${user} the companies that there are to act for, and asks for another's`, async (t) => {
      const text = await (await get(page, await signIn(user))).text()
      t.strictSame([...text.matchAll(/name="company" value="\w+"[^>]*>([^<]+)</g)].map(([, name]) => name), choices)
      t.equal(/aria-current="true">([^<]+)<\/button>/.exec(text)?.[1], current)
      t.match(text, `data-consumer="${anothers}"`)
    })
  }
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
  const { get, signIn } = await start(t)
  const headers = await signIn('ada')
  for (const [title, query, notice] of notices) {
    t.test(`say ${title}`, async (t) => {
      const text = await (await get(page + query, headers)).text()
      t.equal(/role="status"><strong>([^<]+)</.exec(text)?.[1], notice)
    })
  }
})

t.test('the root leads to the page, and the page who is not signed in to the sign-in', async (t) => {
  const { get } = await start(t)
  t.equal((await get('/')).headers.get('location'), page)
  for (const cookie of ['', 'larkspur_token=forged']) {
    const answer = await get(page, { cookie })
    t.equal(answer.status, 302)
    t.equal(answer.headers.get('location'), '/sign-in')
  }
})

t.test('nobody is signed in by another origin\'s page', async (t) => {
  const { postSignIn } = await start(t)
  const { status, headers } = await postSignIn('ada', origins.broker)
  t.equal(status, 403)
  t.equal(headers.get('set-cookie'), null)
  t.equal(headers.get('cache-control'), 'no-store')
})

t.test('the sign-in has a button for each user and no script', async (t) => {
  const { get } = await start(t)
  const text = await (await get('/sign-in')).text()
  t.strictSame([...text.matchAll(/name="user" value="(\w+)"/g)].map(([, user]) => user), ['ada', 'noor'])
  t.notMatch(text, '<script')
})

t.test('the files of the pages are there', async (t) => {
  const { get } = await start(t)
  const rows: Array<[name: string, type: RegExp]> = [
    ...['sample', 'account', 'sign-in'].map((name): [string, RegExp] => [`${name}.css`, /^text\/css/]),
    ...['sample', 'broker', 'button', 'problem'].map((name): [string, RegExp] => [`${name}.js`, /^text\/javascript/]),
    ...['larkspur', 'ada-park', 'noor-haddad'].map((name): [string, RegExp] => [`${name}.svg`, /^image\/svg\+xml/]),
  ]
  for (const [name, type] of rows) {
    const answer = await get(`/assets/${name}`)
    t.equal(answer.status, 200, name)
    t.match(answer.headers.get('content-type'), type)
    t.equal(answer.headers.get('cache-control'), 'no-cache')
  }
})
