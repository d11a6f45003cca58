import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { type Example, type ExampleName, startExample } from '../../demo/examples/start.js'
import { press } from './journey.js'

/** An example and the demo around it, as its command starts them, on free ports. Closed with the test. */
export async function testExample (t: Test, name: ExampleName, consumer?: string): Promise<Example> {
  const ports = { sample: 0, broker: 0, api: 0, vault: 0, issuer: 0, frame: 0, example: 0 }
  const example = await startExample(name, { ports, ...(consumer === undefined ? {} : { consumer }) })
  t.teardown(example.close)
  return example
}

/** Signs a user in at the demo's product, and opens the example. */
export async function signIn (page: Page, { url, demo }: Example, user = 'Ada Park'): Promise<void> {
  await page.goto(demo.signInUrl)
  await press(page, user)
  await page.waitForURL(demo.url)
  await page.goto(url)
}
