import type { Page } from 'playwright-core'
import t from 'tap'
import { launchChromium, withoutChromium } from '../helpers/chromium.js'
import { signIn, testExample } from '../helpers/example.js'
import { journey, photograph, press, viewports } from '../helpers/journey.js'
import { withoutPackages } from '../helpers/programs.js'

/* examples/react in Chromium, as `npm run example:react` starts it: Vite's server, the client, the real Vault JS. */

const [byRedirect, byModal] = ['Connect on Apideck’s page', 'Connect here']
const frameOf = (page: Page) => page.frameLocator('iframe')

t.test('the React example in Chromium', { skip: withoutChromium() || withoutPackages('examples/react') }, async (t) => {
  const [browser, example] = [await launchChromium(t), await testExample(t, 'react')]

  for (const [device, viewport] of Object.entries(viewports)) {
    journey(t, browser, `leads to the vault and back, on a ${device}`, { viewport }, async (t, page) => {
      await signIn(page, example)
      await photograph(t, page, `example-react-${device}`)
      await press(page, byRedirect)
      await page.waitForURL(`${example.demo.apideck.vaultOrigin}/session/*`)
      t.equal(await page.locator('.consumer-account').innerText(), 'Acme Studio')
      await page.locator('.back').click()
      await page.waitForURL(`${example.url}?from=vault`)
      t.equal(await page.getByRole('status').innerText(), 'You are back from the vault.')
    })

    journey(t, browser, `opens the vault over the page, on a ${device}`, { viewport }, async (t, page) => {
      await signIn(page, example)
      await press(page, byModal)
      const frame = frameOf(page)
      await frame.getByText('for Acme Studio').waitFor()
      await photograph(t, page, `example-react-modal-${device}`)
      await frame.getByRole('button', { name: 'Connect HubSpot' }).click()
      await frame.getByText('Connected', { exact: true }).waitFor()
      await frame.getByRole('button', { name: 'Close' }).click()
      await page.locator('iframe').waitFor({ state: 'detached' })
      t.strictSame(await page.getByRole('list', { name: 'Connected' }).getByRole('listitem').allInnerTexts(), ['HubSpot is connected'])
      await photograph(t, page, `example-react-connected-${device}`)
      t.ok(await page.getByRole('button', { name: byModal }).isEnabled())
    })
  }

  journey(t, browser, 'is busy until the broker has answered', {}, async (t, page) => {
    await signIn(page, example)
    const held = new Promise<() => void>((resolve) => {
      page.route('**/vault-session', (route) => resolve(() => { route.continue().catch(() => {}) })).catch(() => {})
    })
    await press(page, byRedirect)
    const release = await held
    const busy = page.getByRole('button', { name: 'One moment …' })
    t.equal(await busy.getAttribute('aria-busy'), 'true')
    t.ok(await busy.isDisabled())
    release()
    await page.waitForURL(`${example.demo.apideck.vaultOrigin}/session/*`)
    await page.goBack()
    t.ok(await page.getByRole('button', { name: byRedirect }).isEnabled(), 'and free for who comes back')
  })

  journey(t, browser, 'says what to do where nobody is signed in', { expectedErrors: /401/ }, async (t, page) => {
    await page.goto(example.url)
    await press(page, byModal)
    const alert = page.getByRole('alert')
    await alert.waitFor()
    t.match(await alert.innerText(), /valid credential.*Sign in.*Code unauthenticated, request [\w-]+/s)
    t.equal(await alert.getByRole('link').getAttribute('href'), example.demo.signInUrl)
    t.equal(await page.locator('iframe').count(), 0)
    await photograph(t, page, 'example-react-refused')
  })

  const busyApideck = await testExample(t, 'react', 'fail-429')
  journey(t, browser, 'says when to come back where Apideck is busy', { expectedErrors: /503/ }, async (t, page) => {
    await signIn(page, busyApideck)
    await press(page, byRedirect)
    const alert = page.getByRole('alert')
    await alert.waitFor()
    t.match(await alert.innerText(), /Try again in \d+ seconds?\..*Code upstream_rate_limited/s)
    t.ok(await page.getByRole('button', { name: byRedirect }).isEnabled())
  })
})
