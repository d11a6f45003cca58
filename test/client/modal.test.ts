import type { Frame, Page } from 'playwright-core'
import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { withoutChromium } from '../helpers/chromium.js'
import { bundle, onSite, startClient } from '../helpers/client.js'
import { SESSION_URI, TOKEN, httpUpstream } from '../helpers/upstream.js'

/* The client with the real Vault JS, whose frame is a stand-in that speaks as the real one does. */

const FRAME = 'https://vaultjs.apideck.com/'

t.test('in Chromium', { skip: withoutChromium() }, async (t) => {
  const { app, site, open, call } = await startClient(t)
  const upstream = await httpUpstream(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: app })
  const url = `${onSite(broker.url)}/vault-session`
  const script = site.script(await bundle('test/client/pages/modal.ts'))

  t.test('the modal gets the token and what else it is told, and tells what happens in it', async (t) => {
    const page = await open(t)
    await page.evaluate('globalThis.said = []')
    t.equal(await page.evaluate(`import('${script}').then(({ openModal }) => openModal('${url}', (what) => said.push(what)))`), undefined)

    const frame = await modalOf(page)
    t.strictSame(JSON.parse(await told(frame)), { data: { unifiedApi: 'crm', serviceId: 'hubspot', token: TOKEN }, origin: app })
    await say(frame, { type: 'on-connection-change', data: { id: 'crm+hubspot', state: 'callable' } })
    await say(frame, 'on-close')
    await page.waitForFunction('said.length === 3')
    t.strictSame(await page.evaluate('said'), ['ready', 'crm+hubspot is callable', 'closed'])

    await page.waitForFunction("document.querySelector('iframe') === null")
    t.equal(new URL(page.url()).origin, app, 'the page is still there')
  })

  t.test('a token among what the modal is told gives way to the session\'s', async (t) => {
    const { value } = await call(await open(t), `(async () => {
      const seen = []
      await openVault({ url: '${url}', vaultJs: { open: (options) => seen.push(options) }, modal: { token: 'x', locale: 'nl' } })
      return seen
    })()`)
    t.strictSame(value, [{ token: TOKEN, locale: 'nl' }])
  })

  t.test('Vault JS is called as the method that it is', async (t) => {
    const { value } = await call(await open(t), `(async () => {
      const vaultJs = { open () { this.isOpen = true } }
      await openVault({ url: '${url}', vaultJs })
      return vaultJs.isOpen
    })()`)
    t.equal(value, true)
  })

  t.test('what Vault JS throws comes through as it is', async (t) => {
    const { error } = await call(await open(t), `openVault({ url: '${url}', vaultJs: { open () { throw new RangeError('no room') } } })`)
    t.match(error, { isOurs: false, message: 'no room' })
  })

  t.test('an error opens nothing', async (t) => {
    const page = await open(t)
    const { error } = await call(page, `openVault({ url: '${url}', session: { nope: 1 }, vaultJs: { open () { document.title = 'opened' } } })`)
    t.match(error, { isOurs: true, code: 'invalid_request' })
    t.equal(await page.title(), 'a page')
  })

  t.test('what the modal is told means nothing without Vault JS: the page is left for the vault', async (t) => {
    const page = await open(t)
    await call(page, `openVault({ url: '${url}', modal: { unifiedApi: 'crm' } })`).catch(() => {})
    await page.waitForURL(SESSION_URI)
    t.equal(page.frames().length, 1)
  })
})

/** The modal's frame, once it is shown. */
async function modalOf (page: Page): Promise<Frame> {
  await page.locator(`iframe[src="${FRAME.slice(0, -1)}"]`).waitFor({ state: 'visible' })
  const frame = page.frame({ url: FRAME })
  if (frame === null) throw new Error('there is no frame')
  return frame
}

/** What the frame was told. */
function told (frame: Frame): Promise<string> {
  return frame.locator('body', { hasText: 'token' }).innerText()
}

/** Lets the frame say that to the page. */
function say (frame: Frame, message: unknown): Promise<void> {
  return frame.evaluate(`parent.postMessage(${JSON.stringify(message)}, '*')`)
}
