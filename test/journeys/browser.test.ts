import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { type Demo, startDemo } from '../../demo/start.js'
import { launchChromium, withoutChromium } from '../helpers/chromium.js'
import { journey, photograph, press, viewports } from '../helpers/journey.js'

/*
 * A real browser on the demo: sign-in → sample page → broker → vault → sample page, both ways in, as users of two
 * companies. The broker is the built one. Screenshots of every page are left in .screenshots/.
 */

const form = 'Connect your CRM'
const script = 'Connect your books'
const crm = ['CRM', 'Leads', 'Email marketing']
const books = ['Accounting', 'Expense management', 'Payroll', 'File storage']
const brand = 'rgb(63, 61, 158)'

/** Whom the vault greets, and whose it is. */
interface Greeting {
  company: string
  person: string
  consumer: string
}

const ada: Greeting = { company: 'Acme Studio', person: 'Ada Park · ada@acme.example', consumer: 'acme' }
const noorOfBirch: Greeting = { company: 'Birch & Bay', person: 'Noor Haddad · noor@birch.example', consumer: 'birch' }
const noorOfAcme: Greeting = { ...noorOfBirch, company: 'Acme Studio', consumer: 'acme' }

async function demoWith (t: Test, consumer: string) {
  const demo = await startDemo({ consumer, ports: { sample: 0, broker: 0, api: 0, vault: 0, issuer: 0, frame: 0 } })
  t.teardown(demo.close)
  return demo
}

/** Opens the sample page, which asks who it is first. */
async function signIn (page: Page, { url, signInUrl }: Demo, user = 'Ada Park') {
  await page.goto(url)
  await page.waitForURL(signInUrl)
  await press(page, user)
  await page.waitForURL(url)
}

async function switchTo (page: Page, company: string) {
  await press(page, 'Account of Noor Haddad')
  await page.locator('.account-menu').getByRole('button', { name: company }).click()
  await page.locator('.account-company', { hasText: company }).waitFor()
}

/** The consumers for which the stand-in was asked, oldest first. */
function consumersIn ({ apideck }: Demo) {
  return apideck.requests.map(({ rawHeaders }) => rawHeaders[rawHeaders.indexOf('x-apideck-consumer-id') + 1])
}

function styleOf (page: Page, selector: string, property: string) {
  return page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).${property}`)
}

async function isVault (t: Test, page: Page, apis: string[], { company, person, consumer } = ada) {
  await page.waitForURL('https://localhost:*/session/*')
  t.equal(await page.title(), 'Integrations · Larkspur')
  t.equal(await page.locator('.consumer-account').innerText(), company)
  t.equal(await page.locator('.consumer-person').innerText(), person)
  t.equal(await page.locator('.consumer-id').innerText(), `Consumer ${consumer}`)
  t.strictSame(await page.locator('.integration h2').allInnerTexts(), apis)
  t.equal(await styleOf(page, '.button', 'backgroundColor'), brand)
  t.equal(await styleOf(page, '.panel', 'backgroundColor'), 'rgb(35, 33, 94)')
  await page.locator('.tile.loaded').waitFor()
  await page.locator('.avatar.loaded').waitFor()
}

const skip = withoutChromium()

t.test('the demo in Chromium', { skip }, async (t) => {
  const browser = await launchChromium(t)
  const demo = await demoWith(t, 'acme')

  for (const [device, viewport] of Object.entries(viewports)) {
    journey(t, browser, `who is not signed in is asked to, on a ${device}`, { viewport }, async (t, page) => {
      await page.goto(demo.url)
      await page.waitForURL(demo.signInUrl)
      t.strictSame(await page.getByRole('button').allInnerTexts(), ['Ada Park\nAcme Studio', 'Noor Haddad\nBirch & Bay and Acme Studio'])
      await photograph(t, page, `sign-in-${device}`)
    })

    journey(t, browser, `the form leads to the vault and back, on a ${device}`, { viewport }, async (t, page) => {
      await signIn(page, demo)
      await photograph(t, page, `sample-${device}`)
      await press(page, form)
      await isVault(t, page, crm)
      await photograph(t, page, `vault-by-form-${device}`)

      await page.getByRole('link', { name: 'Connect HubSpot' }).click()
      await page.waitForURL(`${demo.url}?from=vault&authorizedConnection=hubspot`)
      t.match(await page.getByRole('status').innerText(), 'HubSpot is connected.')
      await photograph(t, page, `sample-connected-${device}`)
    })

    journey(t, browser, `the script leads to the vault and back, on a ${device}`, { viewport }, async (t, page) => {
      await signIn(page, demo)
      await press(page, script)
      await isVault(t, page, books)

      await page.getByRole('link', { name: 'Connect QuickBooks' }).click()
      await page.getByText('Connected', { exact: true }).waitFor()
      t.strictSame(await page.locator('.action').allTextContents(), ['Reauthorize QuickBooks', 'Disable QuickBooks', 'Disconnect QuickBooks'])
      await photograph(t, page, `vault-by-script-${device}`)

      await page.getByRole('link', { name: 'Back to Larkspur' }).click()
      await page.waitForURL(`${demo.url}?from=vault`)
      t.match(await page.getByRole('status').innerText(), 'Welcome back.')
      await photograph(t, page, `sample-back-${device}`)
    })
  }

  journey(t, browser, 'the form needs no JavaScript', { javaScriptEnabled: false }, async (t, page) => {
    await signIn(page, demo, 'Noor Haddad')
    t.ok(await page.getByRole('button', { name: script }).isDisabled())
    t.ok(await page.getByRole('button', { name: 'Ask for Cedar Works' }).isDisabled())
    await page.screenshot({ path: '.screenshots/sample-without-javascript.png', fullPage: true })
    await press(page, form)
    await page.waitForURL('https://localhost:*/session/*')
    t.equal(await page.locator('.consumer-id').innerText(), 'Consumer birch')
    t.match(await page.getByRole('timer').innerText(), /^at \d\d:\d\d UTC$/)
    await page.getByRole('link', { name: 'Back to Larkspur' }).click()
    await page.waitForURL(`${demo.url}?from=vault`)

    await switchTo(page, 'Acme Studio')
    await press(page, form)
    await page.waitForURL('https://localhost:*/session/*')
    t.equal(await page.locator('.consumer-id').innerText(), 'Consumer acme')
    await page.goto(demo.url)
    await press(page, 'Account of Noor Haddad')
    await press(page, 'Sign out')
    await page.waitForURL(demo.signInUrl)
  })

  journey(t, browser, 'a user of two companies opens the vault of the one that they act for', {}, async (t, page) => {
    const asked = consumersIn(demo).length
    await signIn(page, demo, 'Noor Haddad')
    for (const greeting of [noorOfBirch, noorOfAcme]) {
      await page.goto(demo.url)
      await switchTo(page, greeting.company)
      await press(page, form)
      await isVault(t, page, crm, greeting)
      await photograph(t, page, `vault-of-noor-at-${greeting.consumer}-desktop`)
      await page.goto(demo.url)
      await press(page, script)
      await isVault(t, page, books, greeting)
    }
    t.strictSame(consumersIn(demo).slice(asked), ['birch', 'birch', 'acme', 'acme'])
  })

  for (const [device, viewport] of Object.entries(viewports)) {
    journey(t, browser, `the account menu says who is signed in, on a ${device}`, { viewport }, async (t, page) => {
      await signIn(page, demo, 'Noor Haddad')
      await photograph(t, page, `sample-of-noor-${device}`)
      const account = page.getByRole('button', { name: 'Account of Noor Haddad' })
      await account.press('Enter')
      const menu = page.locator('.account-menu')
      t.match(await menu.innerText(), /Noor Haddad\s+noor@birch\.example/)
      t.equal(await menu.locator('[aria-current]').innerText(), 'Birch & Bay')
      await photograph(t, page, `sample-account-${device}`)

      await page.keyboard.press('Escape')
      t.notOk(await menu.isVisible())
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
      t.equal(await page.evaluate('document.activeElement.textContent'), 'Acme Studio')
      await page.keyboard.press('Enter')
      await page.locator('.account-company', { hasText: 'Acme Studio' }).waitFor()
    })
  }

  const trespasses: Array<[user: string, company: string, consumer: string, device: keyof typeof viewports]> = [
    ['Ada Park', 'Birch & Bay', 'birch', 'desktop'],
    ['Noor Haddad', 'Cedar Works', 'cedar', 'phone'],
  ]
  for (const [user, company, consumer, device] of trespasses) {
    const options = { viewport: viewports[device], expectedErrors: /status of 403/ }
    journey(t, browser, `${user} is refused the vault of ${company}, and Apideck hears nothing of it`, options, async (t, page) => {
      const asked = consumersIn(demo).length
      await signIn(page, demo, user)
      t.match(await page.locator('section', { hasText: 'Somebody else' }).innerText(), `x-apideck-consumer-id: ${consumer}.`)
      const button = page.getByRole('button', { name: `Ask for ${company}` })
      await button.click()
      const panel = page.getByRole('alert')
      await panel.getByRole('heading', { name: 'The broker refused, as it should' }).waitFor()
      t.match(await panel.innerText(), /Consumer not allowed: .+\s+403 consumer_not_allowed, request [0-9a-f-]{36}$/)
      t.ok(await button.isEnabled())
      await photograph(t, page, `sample-trespass-${device}`)
      t.equal(page.url(), demo.url)
      t.equal(consumersIn(demo).length, asked)
    })
  }

  journey(t, browser, 'a broker that opened another\'s vault would be called out, and its vault not entered', {}, async (t, page) => {
    await signIn(page, demo)
    await page.route(`${demo.broker.origin}/**`, (route) => route.fulfill({
      json: { session_uri: 'https://localhost:1/session/x' },
      headers: { 'access-control-allow-origin': new URL(demo.url).origin },
    }))
    await press(page, 'Ask for Birch & Bay')
    await page.getByRole('heading', { name: 'The broker opened it, which it must not' }).waitFor()
    t.equal(page.url(), demo.url)
  })

  journey(t, browser, 'who is signed out by now is told so, by script and by form', { expectedErrors: /status of 401/ }, async (t, page) => {
    await signIn(page, demo)
    const asked = consumersIn(demo).length
    await page.context().clearCookies()
    await press(page, script)
    const panel = page.getByRole('alert')
    await panel.getByRole('heading', { name: 'Please sign in again' }).waitFor()
    await photograph(t, page, 'sample-signed-out-desktop')

    await press(page, form)
    await page.waitForURL(`${demo.broker.origin}/vault-session`)
    t.match(await page.locator('body').innerText(), 'unauthenticated')
    await photograph(t, page, 'broker-signed-out-desktop')
    await page.goBack()
    await page.waitForURL(demo.signInUrl)
    t.equal(consumersIn(demo).length, asked)
  })

  journey(t, browser, 'a token that the broker does not take leads to the sign-in', { expectedErrors: /status of 401/ }, async (t, page) => {
    await signIn(page, demo)
    await page.route('**/token', (route) => route.fulfill({ json: { access_token: 'forged' } }))
    await press(page, script)
    const panel = page.getByRole('alert')
    await panel.getByRole('heading', { name: 'Please sign in again' }).waitFor()
    t.match(await panel.innerText(), /quote [0-9a-f-]{36} \(unauthenticated\)/)
    await panel.getByRole('link', { name: 'Sign in' }).click()
    await page.waitForURL(demo.signInUrl)
  })

  journey(t, browser, 'who signs out is out, and going back shows nothing', {}, async (t, page) => {
    await signIn(page, demo)
    await press(page, 'Account of Ada Park')
    await press(page, 'Sign out')
    await page.waitForURL(demo.signInUrl)
    t.strictSame(await page.context().cookies(), [])
    await page.goBack()
    await page.waitForURL(demo.signInUrl)
    t.equal(await page.getByText('Ada Park').count(), 1, 'the choice alone')
  })

  journey(t, browser, 'who switches companies in one tab does so in the other', {}, async (t, page) => {
    await signIn(page, demo, 'Noor Haddad')
    const other = await page.context().newPage()
    await other.goto(demo.url)
    await switchTo(other, 'Acme Studio')
    await page.locator('.account-company', { hasText: 'Acme Studio' }).waitFor()
    await press(page, form)
    await isVault(t, page, crm, noorOfAcme)
  })

  journey(t, browser, 'the vault counts down and ends', {}, async (t, page) => {
    await page.clock.install()
    await signIn(page, demo)
    await press(page, form)
    const timer = page.getByRole('timer')
    await timer.getByText(/^in (?:30:00|29:5\d)$/).waitFor()
    await page.clock.fastForward('10:00')
    await timer.getByText(/^in (?:20:00|19:\d\d)$/).waitFor()
    await page.clock.fastForward('20:01')
    await page.getByRole('alert').getByText('This session has ended.').waitFor()
    t.equal(await timer.innerText(), 'now')
    t.notOk(await page.locator('.button').first().isVisible())
    await photograph(t, page, 'vault-ended-desktop')
  })

  journey(t, browser, 'a broker that cannot be reached is said so, and can be tried again', { expectedErrors: /ERR_FAILED/ }, async (t, page) => {
    await signIn(page, demo)
    const broker = `${demo.broker.origin}/**`
    await page.route(broker, (route) => route.abort())
    await press(page, script)
    await page.getByRole('alert').getByText('We cannot reach the connection service').waitFor()
    await page.unroute(broker)
    await press(page, 'Try again')
    await isVault(t, page, books)
  })

  journey(t, browser, 'a slow vault keeps the button busy', {}, async (t, page) => {
    const slow = await demoWith(t, 'slow-1500')
    await signIn(page, slow)
    await press(page, script)
    const busy = page.getByRole('button', { name: 'Opening…' })
    await busy.waitFor()
    t.equal(await busy.getAttribute('aria-busy'), 'true')
    t.ok(await busy.isDisabled())
    await photograph(t, page, 'sample-busy-desktop')
    await page.waitForURL('https://localhost:*/session/*')

    await page.goBack()
    const button = page.getByRole('button', { name: script })
    await button.waitFor()
    t.equal(await button.getAttribute('aria-busy'), 'false')
    t.ok(await button.isEnabled(), 'and not for longer')
  })

  for (const [device, viewport] of Object.entries(viewports)) {
    journey(t, browser, `a refusal is shown as a person would want it, on a ${device}`, { viewport, expectedErrors: /status of 503/ }, async (t, page) => {
      const refused = await demoWith(t, 'fail-402')
      await signIn(page, refused)
      await press(page, script)
      const panel = page.getByRole('alert')
      await panel.getByRole('heading', { name: 'Connections are not available right now' }).waitFor()
      t.match(await panel.innerText(), /quote [0-9a-f-]{36} \(upstream_limit_reached\)/)
      t.notMatch(await panel.innerText(), /2500|platform\.apideck/, 'none of Apideck\'s own words')
      t.ok(await page.getByRole('button', { name: 'Try again' }).isEnabled())
      await photograph(t, page, `sample-refused-${device}`)

      await press(page, form)
      await page.waitForURL(`${refused.broker.origin}/vault-session`)
      t.match(await page.locator('body').innerText(), 'upstream_limit_reached')
      await photograph(t, page, `broker-error-${device}`)

      await page.goBack()
      t.ok(await page.getByRole('button', { name: form }).isEnabled(), 'and the form can be tried again')
    })
  }

  journey(t, browser, 'a Retry-After is waited for', { expectedErrors: /status of 503/ }, async (t, page) => {
    const limited = await demoWith(t, 'fail-429')
    await page.clock.install()
    await signIn(page, limited)
    await press(page, script)
    const waiting = page.getByRole('button', { name: /Try again in \d s/ })
    await waiting.waitFor()
    t.ok(await waiting.isDisabled())
    await photograph(t, page, 'sample-retry-after-desktop')
    await page.clock.runFor(8000)
    t.ok(await page.getByRole('button', { name: 'Try again', exact: true }).isEnabled())
  })
})
