import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Test } from 'tap'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** Why the browser's tests are left out, where there is none; in CI they never are, they fail. */
export function withoutChromium (): string | false {
  return !existsSync(executablePath) && !process.env['CI'] &&
    `there is no Chromium at ${executablePath}: install it, or say where it is in CHROMIUM_PATH`
}

/** How to launch one that asks for nothing by itself, and finds hosts by these rules alone. */
export function chromiumOptions (resolverRules: readonly string[]) {
  return {
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--no-first-run',
      `--host-resolver-rules=${resolverRules.join(', ')}`,
    ],
  }
}

/** A headless Chromium that reaches this machine alone. Closed with the test. */
export async function launchChromium (t: Test) {
  const browser = await chromium.launch(chromiumOptions(['MAP * ~NOTFOUND', 'EXCLUDE localhost', 'EXCLUDE 127.0.0.1']))
  t.teardown(() => browser.close())
  return browser
}
