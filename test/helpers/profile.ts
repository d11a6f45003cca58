import { mkdirSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Test } from 'tap'

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
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    ignoreHTTPSErrors: true,
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--no-first-run',
      `--host-resolver-rules=${[...rules, 'MAP *.localhost 127.0.0.1', 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1'].join(', ')}`,
    ],
  })
  context.setDefaultTimeout(10_000)
  t.teardown(() => context.close())
  return context
}
