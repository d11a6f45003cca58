import t from 'tap'
import { launchChromium, withoutChromium } from '../helpers/chromium.js'
import { signIn, testExample } from '../helpers/example.js'
import { journey, photograph, press, viewports } from '../helpers/journey.js'

/* examples/plain-form in Chromium without JavaScript, as `npm run example:form` starts it. */

t.test('the plain form in Chromium', { skip: withoutChromium() }, async (t) => {
  const [browser, example] = [await launchChromium(t), await testExample(t, 'form')]

  for (const [device, viewport] of Object.entries(viewports)) {
    journey(t, browser, `leads to the vault and back, on a ${device}`, { viewport, javaScriptEnabled: false }, async (t, page) => {
      await signIn(page, example)
      await page.getByLabel('Accounting').check()
      await photograph(t, page, `example-form-${device}`)
      await press(page, 'Open the vault')
      await page.waitForURL(`${example.demo.apideck.vaultOrigin}/session/*`)
      t.equal(await page.locator('.consumer-account').innerText(), 'Acme Studio')
      t.strictSame(await page.locator('.integration h2').allInnerTexts(), ['CRM', 'Accounting'])
      await page.locator('.back').click()
      await page.waitForURL(example.url)
    })
  }

  journey(t, browser, 'comes straight back where that was asked for', { javaScriptEnabled: false }, async (_t, page) => {
    await signIn(page, example)
    await page.getByLabel('come straight back').check()
    await press(page, 'Open the vault')
    await page.getByRole('link', { name: 'Connect HubSpot' }).click()
    await page.waitForURL(`${example.url}?authorizedConnection=hubspot`)
  })

  journey(t, browser, 'gets the broker\'s page where nobody is signed in', { javaScriptEnabled: false, expectedErrors: /401/ }, async (t, page) => {
    await page.goto(example.url)
    await press(page, 'Open the vault')
    await page.getByRole('heading', { name: 'Not signed in' }).waitFor()
    await photograph(t, page, 'example-form-refused')
  })
})
