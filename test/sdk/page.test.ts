import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { withoutChromium } from '../helpers/chromium.js'
import { bundle, onSite } from '../helpers/client.js'
import { startIssuer } from '../helpers/issuer.js'
import { launchProfile } from '../helpers/profile.js'
import { withoutPackages } from '../helpers/programs.js'
import { startSite } from '../helpers/site.js'
import { SESSION_URI, TOKEN, httpUpstream } from '../helpers/upstream.js'

/* Apideck's TypeScript SDK in a page, which asks the broker on another origin. */

t.test('the SDK in Chromium', { skip: withoutChromium() || withoutPackages('test/sdk') }, async (t) => {
  const [site, issuer, upstream, context] = [await startSite(t), await startIssuer(t), await httpUpstream(t), await launchProfile(t)]
  const app = site.at('app.acme.localhost')
  const broker = await startBroker(t, { ...issuer.variables, APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: app })
  const sdk = site.script(await bundle('test/sdk/pages/unify.ts'))
  const blank = site.page('')
  const accessToken = await issuer.sign()

  /** What comes of a call in a page of that origin. */
  async function ask (origin: string) {
    const page = await context.newPage()
    t.teardown(() => page.close())
    await page.goto(origin + blank)
    return page.evaluate(`(async () => {
      const { Apideck } = await import('${sdk}')
      const apideck = new Apideck({ serverURL: '${onSite(broker.url)}', apiKey: '${accessToken}', consumerId: 'acme', appId: 'any', retryConfig: { strategy: 'none' } })
      const { createSessionResponse } = await apideck.vault.sessions.create({ session: { settings: { unifiedApis: ['crm'] } } })
      return createSessionResponse.data
    })().catch(({ name }) => name)`)
  }

  t.test('gets a session on an origin that is allowed', async (t) => {
    t.strictSame(await ask(app), { sessionUri: SESSION_URI, sessionToken: TOKEN })
  })

  t.test('gets none on another', async (t) => {
    const calls = upstream.received.length
    t.equal(await ask(site.at('evil.localhost')), 'ConnectionError')
    t.equal(upstream.received.length, calls)
  })
})
