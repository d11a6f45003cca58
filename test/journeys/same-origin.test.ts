import { readFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { createCertificate } from '../../demo/apideck/certificate.js'
import { FORM } from '../../src/policy/answer-shape.js'
import { startBroker } from '../helpers/broker.js'
import { withoutChromium } from '../helpers/chromium.js'
import { startFront } from '../helpers/front.js'
import { sameOrigin, startGateway, type Ask, type Gateway } from '../helpers/gateway.js'
import { sentForm } from '../helpers/hostile-ways.js'
import { startIssuer } from '../helpers/issuer.js'
import { launchProfile } from '../helpers/profile.js'
import { without } from '../helpers/programs.js'
import { startSite } from '../helpers/site.js'
import { SESSION_URI, TOKEN_CANARY, httpUpstream, listen, mintedBody } from '../helpers/upstream.js'

/*
 * docs/same-origin.md: an app and the broker on one origin, behind nginx with the very file that is documented there.
 * No origin is allowed beside the broker's own, and the caller is known by a cookie that the app sets.
 */

const COOKIE = '__Host-token'
const APP = 'https://app.example.com'
const BLOCK = /^ {4}location = \/vault-session \{\n[^]*?\n {4}\}\n/m

/** All of it: what the app serves, and what reached the broker. */
async function startWorld (t: Test, gateway: Gateway<'broker' | 'app'> = sameOrigin) {
  const [app, issuer] = await Promise.all([startSite(t), startIssuer(t)])
  let uri = SESSION_URI
  const upstream = await httpUpstream(t, (_request, response) => { response.writeHead(200).end(mintedBody({ session_uri: uri })) })
  const broker = await startBroker(t, {
    ...issuer.variables, JWT_COOKIE: COOKIE, TRUSTED_PROXIES: '127.0.0.1', APIDECK_BASE_URL: upstream.url, RATE_LIMIT_MAX: '100000',
  })
  const arrived: string[] = []
  broker.app.server.on('request', ({ url }) => arrived.push(String(url)))
  const front = await startGateway(t, gateway, { broker: broker.url, app: app.url })
  const cookie = `${COOKIE}=${await issuer.sign()}`
  const fromApp: Ask['headers'] = [['Origin', front.origin], ['Cookie', `theme=dark; ${cookie}`], ['Content-Type', 'application/json']]

  return {
    app,
    broker,
    upstream,
    front,
    cookie,
    arrived,
    /** The vault that Apideck leads to from now on. */
    leadTo: (other: string) => { uri = other },
    /** One request of a page of the app, for its user. */
    ask: (ask: Ask = {}) => front.ask({ ...ask, headers: [...fromApp, ...ask.headers ?? []] }),
  }
}
type World = Awaited<ReturnType<typeof startWorld>>

const skip = without('nginx')

t.test('an app and the broker on one origin', { skip }, async (t) => {
  const world = await startWorld(t)
  t.test('in Chromium', { skip: withoutChromium() }, (t) => inChromium(t, world))

  t.test('a Session near 16 KiB opens, whichever way, though its URL is near 32 KiB', async (t) => {
    const body = sessionOf(16_384)
    const uri = `${SESSION_URI}${'x'.repeat(32_768 - SESSION_URI.length)}`
    world.leadTo(uri)
    t.match(await world.ask({ body }), { status: 200, json: { session_uri: uri }, headers: { 'cache-control': 'no-store' } })
    const answer = await world.front.ask({ headers: [['Sec-Fetch-Site', 'same-origin'], ['Accept', 'text/html'], ['Cookie', world.cookie], ['Content-Type', FORM]] })
    t.match(answer, { status: 302, headers: { location: uri, 'cache-control': 'no-store' } })
    world.leadTo(SESSION_URI)
  })

  t.test('what is larger is refused by the broker, in words that scripts can read', async (t) => {
    t.match(await world.ask({ body: sessionOf(16_385) }), { status: 413, json: { code: 'payload_too_large' } })
  })

  for (const path of ['/livez', '/readyz', '/metrics', '/openapi.json', '/vault/sessions', '/vault-session/', '/vault-session/x', '/VAULT-SESSION', '/vault-session%0A', '//vault-session/', '/vault-session/../livez']) {
    t.test(`${path} is the app's`, async (t) => {
      const before = world.arrived.length
      for (const method of ['GET', 'POST']) t.match(await world.ask({ method, path }), { status: 404, text: '' })
      t.equal(world.arrived.length, before)
    })
  }

  for (const path of ['//vault-session', '/livez/../vault-session', '/livez%2f..%2fvault-session', '/livez;/../vault-session', '/livez%3f/../vault-session']) {
    t.test(`${path} leads to nothing of the broker's`, async (t) => {
      for (const method of ['GET', 'POST']) t.match(await world.ask({ method, path }), { status: 404 })
    })
  }

  t.test('cookies of the app leave room for the token', async (t) => {
    t.match(await world.ask({ headers: [['Cookie', `other=${'x'.repeat(12_288)}`]] }), { status: 200 })
    t.match(await world.ask({ headers: [['Cookie', `other=${'x'.repeat(16_000)}`]] }), { status: 400, json: { code: 'invalid_request' } })
  })

  t.test('the client\'s address and the request\'s ID are those that the gateway says', async (t) => {
    const { headers } = await world.ask({ from: '127.0.0.2', headers: [['X-Forwarded-For', '203.0.113.7'], ['X-Request-Id', 'forged']] })
    const find = () => world.broker.log().find((line) => line['request_id'] === headers['x-request-id'] && line['msg'] === 'request completed')
    while (find() === undefined) await world.broker.nextLine()
    t.match(find(), { address: '127.0.0.2', consumer_id: 'acme', request_id: /^[0-9a-f]{32}$/ })
  })

  t.test('the app gets its requests as they came', async (t) => {
    let got: unknown
    const path = world.app.serve(({ headers }, response) => {
      got = headers
      response.end('the app')
    })
    t.match(await world.ask({ path, headers: [['Sec-Fetch-Site', 'same-origin']] }), { status: 200, text: 'the app' })
    t.match(got, {
      host: new URL(world.front.origin).host,
      cookie: `theme=dark; ${world.cookie}`,
      origin: world.front.origin,
      'sec-fetch-site': 'same-origin',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    })
  })

  t.test('what the gateway logs holds no credential', async (t) => {
    await world.ask({ from: '127.0.0.3' })
    while (!world.front.accessLog().includes('127.0.0.3')) await wait(10)
    await world.front.stop()
    t.match(world.front.accessLog(), /127\.0\.0\.3.*"path":"\/vault-session","status":200/)
    const [, token = ''] = world.cookie.split('=')
    for (const output of [world.front.accessLog(), world.front.output()]) {
      t.notMatch(output, 'vault.apideck')
      t.notMatch(output, TOKEN_CANARY)
      t.notMatch(output, token)
    }
    t.notMatch(world.front.output(), /temporary file/, 'nothing is written to a file')
  })
})

/** The file with that made of the broker's block. */
const withBlock = (change: (block: string) => string): Gateway<'broker' | 'app'> => {
  const [block = ''] = BLOCK.exec(readFileSync(sameOrigin.file, 'utf8')) ?? []
  return { ...sameOrigin, replacements: (around) => [[block, change(block)], ...sameOrigin.replacements(around)] }
}

t.test('the block once more for Apideck\'s SDKs leads them to the broker', { skip }, async (t) => {
  const { ask } = await startWorld(t, withBlock((block) => block + block.replace('/vault-session', '/vault/sessions')))
  t.match(await ask({ path: '/vault/sessions' }), { status: 200, json: { status_code: 200, data: { session_uri: SESSION_URI } } })
  t.match(await ask(), { status: 200, json: { session_uri: SESSION_URI } })
})

t.test('the broker can be at a path with a prefix', { skip }, async (t) => {
  const { ask, arrived } = await startWorld(t, withBlock((block) => block
    .replace('location = /vault-session {', 'location = /api/vault-session {')
    .replace('proxy_pass http://broker;', 'proxy_pass http://broker/vault-session;')))
  t.match(await ask({ path: '/api/vault-session?x' }), { status: 200, json: { session_uri: SESSION_URI } })
  t.match(await ask(), { status: 404 })
  t.strictSame(arrived, ['/vault-session?x'])
})

/** A Session of that many bytes as JSON. */
function sessionOf (bytes: number): string {
  const session = (padding: number) => JSON.stringify({
    custom_consumer_settings: Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`k${i}`, 'x'.repeat(Math.floor((padding + i) / 8))])),
  })
  return session(bytes - session(0).length)
}

/** What the app says of its pages. Neither the broker's origin nor the vault's is in it, but for where a form may lead. */
const CSP = "default-src 'none'; script-src 'unsafe-inline'; connect-src 'self'; form-action 'self' https://vault.apideck.com"

async function inChromium (t: Test, { app, broker, upstream, front, cookie }: World): Promise<void> {
  const tls = await createCertificate()
  const visits: unknown[] = []
  const vault = createTlsServer(tls, ({ url }, response) => {
    if (url?.startsWith('/session/') === true) visits.push(url)
    response.end('the vault')
  })
  const vaultUrl = await listen(t, vault, 'https')
  t.teardown(() => vault.closeAllConnections())
  const others = await startFront(t, { broker: app.url, site: app.url, tls })
  const addressOf = (url: string) => `127.0.0.1:${new URL(url).port}`
  const context = await launchProfile(t, {
    'app.example.com:80': addressOf(app.url),
    'app.example.com': addressOf(front.origin),
    'vault.apideck.com': addressOf(vaultUrl),
    'blog.example.com': addressOf(others.url),
    'evil.example': addressOf(others.url),
  })
  const page = await context.newPage()
  const target = `${APP}/vault-session`

  const signIn = () => page.goto(APP + app.page('signed in', { 'set-cookie': `${cookie}; Path=/; Secure; HttpOnly; SameSite=Lax` }))
  /** What the broker logs of the requests that this makes, as soon as there is some. */
  const logged = async (work: () => Promise<unknown>) => {
    const before = broker.log().length
    const lines = () => broker.log().slice(before).filter(({ msg }) => msg === 'request completed')
    await work()
    while (lines().length === 0) await broker.nextLine()
    return lines()
  }

  t.test('a plain form of the app gets to the vault', async (t) => {
    await signIn()
    const lines = await logged(async () => {
      await page.goto(APP + app.page(sentForm(target), { 'content-security-policy': CSP }), { waitUntil: 'commit' })
      await page.waitForURL(SESSION_URI)
    })
    t.match(lines, [{ status: 302, consumer_id: 'acme' }])
    t.equal(await page.locator('body').innerText(), 'the vault')
    t.equal(visits.length, 1)
  })

  t.test('a script of the app reads a session, without a preflight', async (t) => {
    await signIn()
    await page.goto(APP + app.page('', { 'content-security-policy': CSP }))
    let read: unknown
    const lines = await logged(async () => { read = await ask(page, '/vault-session') })
    t.match(read, { status: 200, session_uri: SESSION_URI })
    t.match(lines, [{ method: 'POST', status: 200, consumer_id: 'acme' }])
    t.equal(lines.length, 1)
  })

  t.test('who is not signed in is told so', async (t) => {
    await context.clearCookies()
    await page.goto(APP + app.page('', { 'content-security-policy': CSP }))
    t.match(await ask(page, '/vault-session'), { status: 401, code: 'unauthenticated' })
  })

  for (const [who, own] of [
    ['another site', 'https://evil.example'],
    ['another host of the site', 'https://blog.example.com'],
    ['another port of the host', 'https://app.example.com:8443'],
    ['the host over http', 'http://app.example.com'],
  ] as const) {
    t.test(`a page of ${who} gets nothing`, async (t) => {
      await signIn()
      const sessions = upstream.received.length
      const form = await logged(async () => {
        await page.goto(own + app.page(sentForm(target)), { waitUntil: 'commit' })
        await page.waitForURL(target)
      })
      t.match(form, [{ status: 403, code: 'origin_not_allowed' }])

      await page.goto(own + app.page(''))
      const script = await logged(async () => t.match(await ask(page, target), { error: 'TypeError' }))
      t.match(script, [{ method: 'OPTIONS', status: 403, code: 'origin_not_allowed' }])
      const simple = await logged(() => page.evaluate(`fetch('${target}', { method: 'POST', mode: 'no-cors', credentials: 'include' })`))
      t.match(simple, [{ method: 'POST', status: 403, code: 'origin_not_allowed' }])
      t.equal(upstream.received.length, sessions)
    })
  }
}

/** What a page reads of a POST of JSON. */
function ask (page: Page, url: string): Promise<unknown> {
  return page.evaluate(`fetch('${url}', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    .then(async (answer) => ({ status: answer.status, ...await answer.json() }), ({ name: error }) => ({ error }))`)
}
