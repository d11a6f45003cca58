import { mkdirSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Test } from 'tap'
import { chromiumOptions } from './chromium.js'

/**
 * A Chromium as a customer has it: a profile of its own, in which other sites' cookies are sent, as they are by default
 * but in some builds and in private windows. Every name under `localhost` is this machine; the names that are mapped
 * are at their addresses, whatever certificate is there; nothing else can be reached. Closed with the test.
 */
export async function launchProfile (t: Test, mapped: Readonly<Record<string, string>> = {}) {
  const profile = t.testdir()
  mkdirSync(`${profile}/Default`)
  writeFileSync(`${profile}/Default/Preferences`, JSON.stringify({ profile: { block_third_party_cookies: false, cookie_controls_mode: 0 } }))
  const rules = Object.entries(mapped).map(([name, address]) => `MAP ${name} ${address}`)
  const context = await chromium.launchPersistentContext(profile, {
    ...chromiumOptions([...rules, 'MAP *.localhost 127.0.0.1', 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1']),
    ignoreHTTPSErrors: true,
  })
  context.setDefaultTimeout(10_000)
  t.teardown(() => context.close())
  return context
}
