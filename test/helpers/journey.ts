import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Test } from 'tap'
import { DEMO_API_KEY } from '../../demo/start.js'

export const viewports = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
}

export interface JourneyOptions extends BrowserContextOptions {
  /** What the console may say without harm. */
  expectedErrors?: RegExp
}

/**
 * A test with a page of its own. Nothing that the page received may have held the API key, and its console may have
 * shown no error, a breach of a content security policy among them.
 */
export function journey (t: Test, browser: Browser, title: string, options: JourneyOptions, travel: (t: Test, page: Page) => Promise<void>) {
  const { expectedErrors = /^$/, ...contextOptions } = options
  t.test(title, async (t) => {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      reducedMotion: 'reduce',
      viewport: viewports.desktop,
      ...contextOptions,
    })
    t.teardown(() => context.close())
    const page = await context.newPage()
    const errors: string[] = []
    const received: Array<Promise<string>> = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()) })
    page.on('response', (response) => {
      received.push(response.allHeaders().then(JSON.stringify, String))
      // A redirect has no body to read.
      received.push(response.text().catch(String))
    })

    await travel(t, page)

    t.strictSame(errors.filter((error) => !expectedErrors.test(error)), [], 'no errors in the console')
    t.notMatch((await Promise.all(received)).join('\n'), DEMO_API_KEY, 'the API key stays away from the browser')
  })
}

/** Presses the button of that name. */
export function press (page: Page, name: string) {
  return page.getByRole('button', { name }).click()
}

/** Leaves a screenshot in .screenshots/, and holds the page to its viewport. */
export async function photograph (t: Test, page: Page, name: string) {
  await page.screenshot({ path: `.screenshots/${name}.png`, fullPage: true })
  const [content, view] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]')
  t.ok(content <= view, `${name} needs no scrolling sideways`)
}
