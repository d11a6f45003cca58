import { createServer as createTlsServer } from 'node:https'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { createCertificate } from '../../demo/apideck/certificate.js'
import { launchProfile } from './profile.js'
import { startSite } from './site.js'
import { listen } from './upstream.js'

/** What a page's script sees of an error. */
export interface Seen {
  isOurs: boolean
  code: string
  status?: number
  retryAfter?: number
  errors: unknown[]
  requestId?: string
  message: string
  cause?: string
  /** All that an error reporter could send of it by itself. */
  printed: string
}

/** What came of a call. */
export interface Outcome {
  value?: unknown
  error?: Seen
}

/** Vault JS's frame: says that it is ready, shows what it is told, and closes when it is told to. */
const frame = `<!doctype html><title>the frame</title><script>
  addEventListener('message', ({ data, origin }) => {
    if (data === 'close') parent.postMessage('on-close', '*')
    else document.body.append(JSON.stringify({ data, origin }))
  })
  addEventListener('load', () => parent.postMessage('on-ready', '*'))
</script>`

/** A script as a page's bundler would make it. */
export async function bundle (entryPoint: string): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [entryPoint], bundle: true, format: 'esm', write: false })
  return outputFiles.map(({ text }) => text).join('')
}

/**
 * A browser, pages of an app that have the client, and stand-ins for the vault and for Vault JS's frame at the addresses
 * of the real ones. Closed with the test.
 */
export async function startClient (t: Test) {
  const [site, tls, code] = await Promise.all([startSite(t), createCertificate(), bundle('client/src/index.ts')])
  const apideck = createTlsServer(tls, (request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(request.headers.host === 'vaultjs.apideck.com' ? frame : 'the vault')
  })
  const address = (await listen(t, apideck, 'https')).replace('https://', '')
  t.teardown(() => apideck.closeAllConnections())

  const context = await launchProfile(t, { 'vault.apideck.com': address, 'vaultjs.apideck.com': address })
  const app = site.at('app.acme.localhost')
  const client = site.script(code)
  const blank = site.page('')

  return {
    site,
    context,
    /** The app's origin, and its pages without anything else on them. */
    app,
    blank,
    /** A tab on a page of the app. */
    async open (t: Test, url = app + blank): Promise<Page> {
      const page = await context.newPage()
      t.teardown(() => page.close())
      await page.goto(url)
      return page
    },
    /** Does something with the client, in a page, and tells what came of it. */
    call: (page: Page, expression: string) => page.evaluate<Outcome>(outcomeOf(client, expression)),
    /** Begins something with the client and waits for nothing; `told()` is what came of it. */
    async begin (page: Page, expression: string) {
      // Of a promise it would wait for what comes of it.
      await page.evaluate(`globalThis.told = ${outcomeOf(client, expression)}; undefined`)
      return () => page.evaluate<Outcome>('told')
    },
  }
}

function outcomeOf (client: string, expression: string): string {
  return `(async () => {
    const { createVaultSession, openVault, VaultSessionError } = await import(location.origin + '${client}')
    try {
      return { value: await (${expression}) }
    } catch (error) {
      const { code, status, retryAfter, errors, requestId, message, cause, stack } = error
      return { error: {
        isOurs: error instanceof VaultSessionError, code, status, retryAfter, errors, requestId, message,
        cause: cause && String(cause), printed: [error, stack, cause && cause.stack, JSON.stringify(error)].join(),
      } }
    }
  })()`
}

/** A URL of loopback, by a name on the site of the app. */
export function onSite (url: string): string {
  return url.replace('127.0.0.1', 'broker.acme.localhost')
}
