import type { ConsoleMessage, Page } from 'playwright-core'
import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { withoutChromium } from '../helpers/chromium.js'
import { bundle, onSite, startClient } from '../helpers/client.js'
import { startIssuer } from '../helpers/issuer.js'
import { SESSION_URI, TOKEN, TOKEN_CANARY, httpUpstream } from '../helpers/upstream.js'

/* Whichever way it goes, nothing of it stays in the page: both tokens and the URL are credentials. */

t.test('in Chromium', { skip: withoutChromium() }, async (t) => {
  const { app, site, context, open, call } = await startClient(t)
  const [issuer, upstream] = await Promise.all([startIssuer(t), httpUpstream(t)])
  const broker = await startBroker(t, { ...issuer.variables, APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: app })
  const token = await issuer.sign()
  const good = `url: '${onSite(broker.url)}/vault-session', token: '${token}'`
  const script = site.script(await bundle('test/client/pages/modal.ts'))
  const own = site.serve((_request, response) => response.end(JSON.stringify({ session_uri: SESSION_URI, session_token: TOKEN })))
  const silent = site.serve(() => {})

  for (const [road, expression, outcome] of [
    ['a session', `createVaultSession({ ${good} }).then(() => 'done')`, { value: 'done' }],
    ['a redirect', `openVault({ ${good} })`, { value: undefined }],
    ['the modal', `import('${script}').then(({ openModal }) => new Promise((resolve) => {
      openModal('${own}', (what) => what === 'ready' ? document.querySelector('iframe').contentWindow.postMessage('close', '*') : resolve(what))
    })).then(() => new Promise((resolve) => setInterval(() => document.querySelector('iframe') === null && resolve('done'), 10)))`, { value: 'done' }],
    ['a refusal', `openVault({ ${good}, session: { nope: 1 } })`, { error: { code: 'invalid_request' } }],
    ['a broker that cannot be reached', `openVault({ url: 'http://nowhere.example/', token: '${token}' })`, { error: { code: 'unreachable' } }],
    ['an answer that is none', `openVault({ url: '${site.page('')}', token: '${token}' })`, { error: { code: 'unexpected_answer' } }],
    ['a token that fits no header', `openVault({ token: '${token}\\n-' })`, { error: { code: 'invalid_options' } }],
    ['calling it off', `openVault({ ${good}, signal: AbortSignal.abort() })`, { error: { code: 'aborted' } }],
    ['a broker that does not answer', `openVault({ url: '${silent}', token: '${token}', timeoutMs: 50 })`, { error: { code: 'timed_out' } }],
  ] as const) {
    t.test(`${road} leaves nothing behind`, async (t) => {
      const page = await open(t)
      // A navigation that is answered so leaves the page where it is, to be looked into.
      await page.route('https://vault.apideck.com/**', (route) => route.fulfill({ status: 204 }))
      const visit = road === 'a redirect' ? page.waitForEvent('requestfailed', (request) => request.url() === SESSION_URI) : undefined
      const said: ConsoleMessage[] = []
      page.on('console', (message) => said.push(message))

      const before = await stateOf(page)
      t.match(await call(page, expression), outcome)
      await visit
      t.strictSame(await stateOf(page), before)
      t.strictSame(await context.cookies(), [])

      // What a script says has arguments; what the browser says of a request of its own accord has none.
      t.strictSame(said.filter((message) => message.args().length > 0).map((message) => message.text()), [])
      for (const secret of [token, TOKEN, TOKEN_CANARY]) {
        t.notOk(said.some((message) => message.text().includes(secret)))
        t.notOk((await page.content()).includes(secret))
      }
    })
  }

  t.test('a redirect makes one entry in the history, and the page comes back as it was', async (t) => {
    const page = await open(t)
    const url = page.url()
    const { history, ...before } = await stateOf(page)
    await call(page, `openVault({ ${good} })`).catch(() => {})
    await page.waitForURL(SESSION_URI)
    t.equal(await page.evaluate('history.length'), history.length + 1)
    await page.goBack()
    t.equal(page.url(), url)
    t.match(await stateOf(page), { ...before, history: { state: null } })
  })
})

interface State {
  history: { length: number, state: unknown }
}

/** All in a page that could keep something. */
function stateOf (page: Page): Promise<State> {
  return page.evaluate<State>(`(async () => ({
    url: location.href,
    name: window.name,
    title: document.title,
    history: { length: history.length, state: history.state },
    storage: [{ ...localStorage }, { ...sessionStorage }],
    cookie: document.cookie,
    databases: await indexedDB.databases(),
    globals: Object.getOwnPropertyNames(window).sort(),
    elements: document.querySelectorAll('*').length,
  }))()`)
}
