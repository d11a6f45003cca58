import t from 'tap'
import { testApideck } from '../../helpers/apideck.js'

t.test('shows whose session it is, in the colours of its theme', async (t) => {
  const { page } = await testApideck(t)
  const { status, headers, text } = await page({
    consumer_metadata: { account_name: 'Acme Studio', user_name: 'Ada Park', email: 'ada@acme.example', image: 'https://a.example/ada.png' },
    redirect_uri: 'https://app.example/back?from=vault&x=1',
    settings: { unified_apis: ['crm', 'quantum-crm'], sandbox_mode: true },
    theme: {
      vault_name: 'Sunny Side',
      logo: 'https://a.example/logo.png',
      favicon: 'https://a.example/icon.png',
      primary_color: '#FD0',
      sidepanel_background_color: '#101020',
      sidepanel_text_color: '#222222',
      privacy_url: 'https://a.example/privacy',
      terms_url: 'https://a.example/terms',
    },
  })
  t.equal(status, 200)
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  for (const shown of [
    'Acme Studio', 'Ada Park · ada@acme.example', '<code>acme</code>', '>Sunny Side<', '>SS<', '>AP<', 'Sandbox',
    'src="https://a.example/ada.png"', 'src="https://a.example/logo.png"', 'rel="icon" href="https://a.example/icon.png"',
    'href="https://a.example/privacy"', 'href="https://a.example/terms"',
    'href="https://app.example/back?from=vault&amp;x=1"', '>CRM<', '>quantum-crm<',
    '--primary: #ffdd00', '--on-primary: #14171f', '--accent: #14171f', '--panel: #101020', '--on-panel: #ffffff',
  ]) t.ok(text.includes(shown), shown)
  t.equal(text.match(/data-api=/g)?.length, 2)
})

t.test('has a look of its own where the session asks for nothing', async (t) => {
  const { page } = await testApideck(t)
  const { text } = await page({})
  t.equal(text.match(/data-api=/g)?.length, 28)
  t.match(text, '--primary: #4b3fd6')
  t.match(text, '<p class="consumer-account">acme</p>')
  t.match(text, 'Activity')
  for (const hidden of ['class="back"', '<img', 'Privacy', 'Sandbox', 'without-sidebar', 'consumer-person']) {
    t.notOk(text.includes(hidden), hidden)
  }
})

t.test('hides what its settings hide', async (t) => {
  const { page } = await testApideck(t)
  const { text } = await page({ settings: { show_sidebar: false, show_logs: false } })
  t.match(text, '<body class="without-sidebar">')
  t.notMatch(text, 'Activity')
})

t.test('counts down to the token\'s end', async (t) => {
  const { page } = await testApideck(t, { now: () => new Date('2026-01-01T00:00:00Z') })
  const { text } = await page({ settings: { session_length: '90s' } })
  t.match(text, 'datetime="2026-01-01T00:01:30.000Z"')
  t.match(text, 'data-seconds-left="90"')
})

const connected = '?api=crm&state=connected'
const crm = { unified_apis: ['crm'] }

const actionRows: Array<[title: string, settings: object, query: string, actions: string[], state?: string]> = [
  ['no action without a connection', crm, '', []],
  ['every action where none is listed', crm, connected, ['reauthorize', 'disable', 'disconnect', 'delete'], 'Connected'],
  ['the actions that are listed', { ...crm, allow_actions: ['delete', 'disable'] }, connected, ['disable', 'delete'], 'Connected'],
  ['none where the list is empty', { ...crm, allow_actions: [] }, connected, [], 'Connected'],
  ['a connection that is disabled', { ...crm, allow_actions: [] }, '?api=crm&state=disabled', [], 'Disabled'],
  ['no state that there is not', crm, '?api=crm&state=%3Cb%3E', []],
  ['no state of another API', crm, '?api=hris&state=connected', []],
  ['a connection without its state as none', crm, '?api=crm', []],
]

t.test('actions', async (t) => {
  const { page } = await testApideck(t)
  for (const [title, settings, query, actions, state] of actionRows) {
    t.test(`shows ${title}`, async (t) => {
      const { text } = await page({ settings }, query)
      t.strictSame([...text.matchAll(/class="action (\w+)"/g)].map(([, action]) => action), actions)
      t.equal(/class="state \w+">(\w+)</.exec(text)?.[1], state)
      t.equal(text.includes('class="button"'), state === undefined)
    })
  }
})

t.test('with auto_redirect a connection leads back to the app', async (t) => {
  const { page } = await testApideck(t)
  const settings = { ...crm, auto_redirect: true }
  const { text } = await page({ settings, redirect_uri: 'https://app.example/back?from=vault' })
  t.match(text, 'href="https://app.example/back?from=vault&amp;authorizedConnection=hubspot"')
  t.match((await page({ settings })).text, 'href="?api=crm&amp;state=connected"')
})

const ATTACK = '"><script>alert(1)</script><b title=\'}</style><i>'
const SCRIPT_LINK = 'javascript:alert(1)//https://a.example'

const attackRows: Array<[pointer: string, session: (value: string) => object]> = [
  ['/redirect_uri', (value) => ({ redirect_uri: value })],
  ...['account_name', 'user_name', 'email', 'image']
    .map((name): [string, (value: string) => object] => [`/consumer_metadata/${name}`, (value) => ({ consumer_metadata: { [name]: value } })]),
  ...['favicon', 'logo', 'primary_color', 'sidepanel_background_color', 'sidepanel_text_color', 'vault_name', 'privacy_url', 'terms_url']
    .map((name): [string, (value: string) => object] => [`/theme/${name}`, (value) => ({ theme: { [name]: value } })]),
  ['/settings/unified_apis/0', (value) => ({ settings: { unified_apis: [value] } })],
]

t.test('attacks', async (t) => {
  const { page } = await testApideck(t)
  for (const [pointer, session] of attackRows) {
    t.test(`${pointer} stays text`, async (t) => {
      for (const value of [ATTACK, `https://a.example/${ATTACK}`]) {
        const { text } = await page(session(value))
        for (const markup of ['<script>', '<i>', '<b ']) t.notOk(text.includes(markup), markup)
        t.equal(text.match(/<\/style>/g)?.length, 1)
      }
      t.notMatch((await page(session(SCRIPT_LINK))).text, /(?:href|src)="javascript:/)
    })
  }
})

t.test('every answer is closed to scripts, frames and caches', async (t) => {
  const { apideck, get, page } = await testApideck(t)
  for (const answer of [await page({}), await get(`${apideck.vaultOrigin}/nowhere`)]) {
    t.match(answer.headers, {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': /^default-src 'none'; script-src 'self'; style-src 'self'.*; img-src https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    })
  }
  const { headers, text } = await page({})
  const nonce = /<style nonce="([^"]+)"/.exec(text)?.[1]
  t.match(headers['content-security-policy'], `style-src 'self' 'nonce-${nonce}'`)
})

t.test('serves its own files and the pictures that were uploaded', async (t) => {
  const { apideck, get } = await testApideck(t, { uploads: new Map([['logo.svg', '<svg/>']]) })
  const rows: Array<[path: string, status: number, type: RegExp]> = [
    ['/assets/vault.css', 200, /^text\/css/],
    ['/assets/vault.js', 200, /^text\/javascript/],
    ['/uploads/logo.svg', 200, /^image\/svg\+xml/],
    ['/uploads/other.svg', 404, /^text\/html/],
  ]
  for (const [path, status, type] of rows) {
    const answer = await get(apideck.vaultOrigin + path)
    t.equal(answer.status, status, path)
    t.match(answer.headers['content-type'], type)
  }
})

t.test('refuses a token that has expired', async (t) => {
  let now = new Date('2026-01-01T00:00:00Z')
  const { get, post } = await testApideck(t, { now: () => now })
  const { body } = await post('{"settings":{"session_length":"30m"}}')
  now = new Date('2026-01-01T00:30:01Z')
  const { status, text } = await get(body.data.session_uri)
  t.equal(status, 410)
  t.match(text, 'This session has expired')
})

t.test('refuses a token that it did not sign', async (t) => {
  const { apideck, get } = await testApideck(t)
  const other = await testApideck(t)
  const { body } = await other.post('{}')
  for (const token of [body.data.session_token, 'nonsense']) {
    const { status, text } = await get(`${apideck.vaultOrigin}/session/${token}`)
    t.equal(status, 403)
    t.match(text, 'This link is not valid')
  }
})

t.test('opens the longest session that the broker takes', async (t) => {
  const { page } = await testApideck(t)
  const { status } = await page({ custom_consumer_settings: { note: 'x'.repeat(16_000) } })
  t.equal(status, 200)
})
