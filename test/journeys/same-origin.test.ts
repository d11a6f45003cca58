import { createServer as createTlsServer } from 'node:https'
import t, { type Test } from 'tap'
import { createCertificate } from '../../demo/apideck/certificate.js'
import { startBroker } from '../helpers/broker.js'
import { withoutChromium } from '../helpers/chromium.js'
import { bundle } from '../helpers/client.js'
import { sameOrigin, startGateway } from '../helpers/gateway.js'
import { startIssuer } from '../helpers/issuer.js'
import { launchProfile } from '../helpers/profile.js'
import { without } from '../helpers/programs.js'
import { startSite } from '../helpers/site.js'
import { listen, mint, mintedBody, httpUpstream } from '../helpers/upstream.js'

/* docs/same-origin.md with its very file: Chromium, nginx, an app and the broker behind it, one origin. */

const APP = 'https://app.example.com'

const form = (action: string) => `<form method="post" action="${action}"><input name="redirect_uri" value="${APP}/"><button>Go</button></form>`
const policy = { 'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self' https://vault.apideck.com" }

type Site = Awaited<ReturnType<typeof startEverything>>

async function startEverything (t: Test) {
  let respond = mint
  const [site, issuer, upstream] = [await startSite(t), await startIssuer(t), await httpUpstream(t, (request, response) => respond(request, response))]
  const broker = await startBroker(t, {
    ...issuer.variables, JWT_COOKIE: '__Host-token', TRUSTED_PROXIES: '127.0.0.1', ALLOWED_REDIRECT_URIS: APP, APIDECK_BASE_URL: upstream.url,
  })
  return {
    site,
    issuer,
    upstream,
    broker,
    gateway: await startGateway(t, sameOrigin, { broker: broker.url, beside: site.url }),
    answer: (how: typeof mint) => { respond = how },
  }
}

/** A browser that is signed in to the app. */
async function startBrowser (t: Test, { issuer, gateway }: Site) {
  const vault = createTlsServer({ ...await createCertificate(), maxHeaderSize: 65_536 }, (_request, response) => { response.end('the vault') })
  const vaultAddress = (await listen(t, vault, 'https')).replace('https://', '')
  t.teardown(() => vault.closeAllConnections())
  const context = await launchProfile(t, { 'app.example.com': `127.0.0.1:${gateway.port}`, 'vault.apideck.com': vaultAddress })
  // Not kept back by the browser, so that the broker has to.
  await context.addCookies([{ name: '__Host-token', value: await issuer.sign(), domain: 'app.example.com', path: '/', secure: true, httpOnly: true, sameSite: 'None' }])
  return async (t: Test, url: string) => {
    const page = await context.newPage()
    t.teardown(() => page.close())
    await page.goto(url)
    return page
  }
}

t.test('the broker on the app\'s origin', { skip: withoutChromium() || without('nginx') }, async (t) => {
  const everything = await startEverything(t)
  const { broker, gateway } = everything

  t.test('in Chromium', (t) => journeys(t, everything))

  for (const [method, path] of [['GET', '/livez'], ['GET', '/readyz'], ['GET', '/metrics'], ['POST', '/vault-session/'], ['POST', '/Vault-Session'], ['POST', '/vault/sessions/x']] as const) {
    t.test(`${method} ${path} is the app's`, async (t) => {
      t.equal((await gateway.ask({ method, path })).status, 404)
      t.notOk(broker.log().some(({ route, status }) => route === path || status === 404))
    })
  }

  for (const [method, path, status] of [['POST', '/vault/sessions', 401], ['GET', '/openapi.json', 200]] as const) {
    t.test(`${method} ${path} is the broker's`, async (t) => {
      const answer = await gateway.ask({ method, path })
      t.equal(answer.status, status)
      t.match(answer.headers['x-request-id'], /^[\da-f]{32}$/, 'under the gateway\'s ID')
    })
  }

  t.test('nothing of it all is in the gateway\'s logs', async (t) => {
    await gateway.stop()
    t.match(gateway.accessLog(), /"method":"POST","path":"\/vault-session","status":302/)
    t.notMatch(gateway.accessLog() + gateway.output(), /eyJ|vault\.apideck\.com|xxxx|__Host/)
  })
})

async function journeys (t: Test, everything: Site): Promise<void> {
  const { site, broker, upstream, answer } = everything
  const open = await startBrowser(t, everything)
  const client = site.script(await bundle('client/src/index.ts'))

  t.test('a plain form leads to the vault', async (t) => {
    const page = await open(t, APP + site.page(form('/vault-session'), policy))
    await page.getByRole('button').click()
    await page.waitForURL('https://vault.apideck.com/session/*')
    t.equal(await page.locator('body').innerText(), 'the vault')
  })

  t.test('the client needs to be told nothing, and sends no preflight', async (t) => {
    const page = await open(t, APP + site.page('', policy))
    await page.evaluate(`import('${client}').then(({ openVault }) => openVault())`)
    await page.waitForURL('https://vault.apideck.com/session/*')
    t.notOk(broker.log().some(({ method }) => method === 'OPTIONS'))
  })

  t.test('a page of another origin gets nothing, whatever the browser sends along', async (t) => {
    const calls = upstream.received.length
    const page = await open(t, site.at('evil.localhost') + site.page(form(`${APP}/vault-session`)))
    t.equal(await page.evaluate(`fetch('${APP}/vault-session', { method: 'POST', credentials: 'include' }).then(({ status }) => status, ({ name }) => name)`), 'TypeError')
    await page.getByRole('button').click()
    await page.getByRole('heading', { name: 'Origin not allowed' }).waitFor()
    t.equal(upstream.received.length, calls)
  })

  t.test('a long Location passes', async (t) => {
    const uri = `https://vault.apideck.com/session/${'x'.repeat(32_000)}`
    answer((_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(mintedBody({ session_uri: uri })) })
    const page = await open(t, APP + site.page(form('/vault-session'), policy))
    await page.getByRole('button').click()
    await page.waitForURL(uri)
  })
}
