import { createServer as createTlsServer } from 'node:https'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { createCertificate } from '../../demo/apideck/certificate.js'
import type { Parts } from '../../src/app.js'
import { Lifecycle } from '../../src/lifecycle.js'
import { send, startBroker } from '../helpers/broker.js'
import { withoutChromium } from '../helpers/chromium.js'
import { startFront, type Exchange, type FrontOptions } from '../helpers/front.js'
import { forms, loads, scripts, sentForm, type Scene, type Way } from '../helpers/hostile-ways.js'
import { startIssuer } from '../helpers/issuer.js'
import { launchProfile } from '../helpers/profile.js'
import { startSite, type Respond } from '../helpers/site.js'
import { SESSION_URI, errorBody, httpUpstream, listen, upstreamOf } from '../helpers/upstream.js'

/*
 * A real browser, whose user is signed in. On pages of others, whatever they do, no session is made and nothing can be
 * read, and it is all the same for somebody who is not signed in. On pages that are allowed the same requests get
 * through, and every answer can be read.
 */

type World = Awaited<ReturnType<typeof startWorld>>
type Target = World['jwt']

t.test('in Chromium', { skip: withoutChromium() }, async (t) => {
  const world = await startWorld(t)
  t.test('pages of others get nothing', (t) => hostilePages(t, world))
  t.test('pages that are allowed get through', (t) => allowedPages(t, world))
  t.test('pages that are allowed read every error', (t) => errors(t, world))
  t.test('pages that are allowed have preflights answered', (t) => preflights(t, world))
  t.test('pages that are allowed can trip', (t) => traps(t, world))
})

/** A browser, an app that it is signed in to, brokers that let the app's pages in, and a vault. */
async function startWorld (t: Test) {
  const tls = await createCertificate()
  const [site, issuer, upstream] = await Promise.all([startSite(t), startIssuer(t), httpUpstream(t)])
  const app = site.at('app.acme.localhost')
  const partner = site.at('app.partner.localhost')

  const vaultVisits: unknown[] = []
  const vault = createTlsServer(tls, (request, response) => {
    if (request.url?.startsWith('/session/') === true) vaultVisits.push(request.url)
    response.end('the vault')
  })
  const vaultUrl = await listen(t, vault, 'https')
  t.teardown(() => vault.closeAllConnections())

  async function startTarget (identity: Record<string, string>, front: Partial<FrontOptions> = {}) {
    const broker = await startBroker(t, {
      ...identity, APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: `${app},${partner}`, RATE_LIMIT_MAX: '100000', TRUSTED_PROXIES: '127.0.0.1',
    })
    const { url, ...rest } = await startFront(t, { broker: broker.url, site: site.url, ...front })
    return { ...rest, broker, url, origin: named(url) }
  }

  const byCookie = { ...issuer.variables, JWT_COOKIE: 'token' }
  const secure = await startTarget(byCookie, { tls })
  const GATEWAY_SECRET = 'gateway-secret-0123456789'
  const gateway = await startTarget({ IDENTITY: 'gateway', APIDECK_CONSUMER_ID: '', GATEWAY_SECRET }, {
    vouch: (cookies) => ({ 'x-gateway-secret': GATEWAY_SECRET, ...(/\bgateway_session=acme\b/.test(cookies) ? { 'x-consumer-id': 'acme' } : {}) }),
  })

  const context = await launchProfile(t, {
    'vault.apideck.com': vaultUrl.replace('https://', ''),
    'broker.acme.localhost:443': secure.url.replace('https://', ''),
    'broker.acme.localhost:80': site.url.replace('http://', ''),
    '*.test': '127.0.0.1',
  })
  const tab = await context.newPage()

  return {
    site,
    issuer,
    upstream,
    vaultVisits,
    app,
    partner,
    jwt: await startTarget(byCookie),
    static: await startTarget({}),
    gateway,
    /** Behind TLS, at the port of https. */
    secure: { ...secure, origin: 'https://broker.acme.localhost' },
    /** Visits the app, which sets cookies for all of its site: a token, and a session at the gateway. */
    async signIn (attributes = 'SameSite=None; Secure', domain = 'acme.localhost') {
      const cookies = [`token=${await issuer.sign()}`, 'gateway_session=acme']
      await tab.goto(site.at(`app.${domain}`) + site.page('signed in', {
        'set-cookie': cookies.map((cookie) => `${cookie}; Domain=${domain}; HttpOnly; ${attributes}`),
      }))
    },
    signOut: () => context.clearCookies(),
    /** A tab for a test. */
    async open (t: Test): Promise<Page> {
      const page = await context.newPage()
      t.teardown(() => page.close())
      return page
    },
  }
}

/** A URL of loopback, by a name on the site of the app. */
function named (url: string): string {
  return url.replace('127.0.0.1', 'broker.acme.localhost')
}

/** One way of each kind. */
const few = [
  ...['a form', 'a form of text/plain', 'a form into a frame', 'a form into a new window', 'a form in a sandboxed frame',
    'a form of a page with Referrer-Policy: no-referrer', 'a form that an allowed server redirects with 307'].map((name) => only(forms, name)),
  ...['a fetch without CORS of a form', 'a fetch of a form', 'a fetch of JSON', 'a fetch in a sandboxed frame', 'a beacon of a blob of a form'].map((name) => only(scripts, name)),
  ...['an image', 'a window'].map((name) => only(loads, name)),
]

async function hostilePages (t: Test, world: World): Promise<void> {
  const { site, upstream, vaultVisits, signIn, open, jwt, gateway, secure } = world
  const evil = site.at('evil.localhost')
  const page = await open(t)

  for (const [from, own, target, ways] of [
    ['another site', evil, jwt, [...forms, ...scripts, ...loads]],
    ['another host of the site', site.at('blog.acme.localhost'), jwt, [...forms, ...scripts]],
    ['another port of the host', site.at('broker.acme.localhost'), jwt, few],
    ['another site, before a gateway', evil, gateway, few],
    ['another port of the host, before a gateway', site.at('broker.acme.localhost'), gateway, few],
    ['another site, where nobody signs in', evil, world.static, few],
  ] as const) {
    t.test(`from ${from}`, async (t) => {
      await signIn()
      for (const way of ways) t.test(`${way.way} gets nothing`, (t) => attack(t, world, page, target, own, way))
    })
  }

  t.test('whatever the SameSite of the cookie', async (t) => {
    const [form, fetch] = [only(forms, 'a form'), only(scripts, 'a fetch without CORS of a form')]
    for (const [attributes, host, way, isSent] of [
      ['SameSite=Strict', 'evil.localhost', form, false],
      ['SameSite=Lax', 'evil.localhost', form, false],
      // Chromium takes it for Lax, but for forms in its first two minutes.
      ['', 'evil.localhost', form, true],
      ['', 'evil.localhost', fetch, false],
      ['SameSite=None; Secure', 'evil.localhost', form, true],
      ['SameSite=None; Secure', 'evil.localhost', fetch, true],
      ['SameSite=Strict', 'blog.acme.localhost', form, true],
      ['SameSite=Strict', 'blog.acme.localhost', fetch, true],
      ['SameSite=Strict', 'broker.acme.localhost', form, true],
      ['SameSite=Strict', 'broker.acme.localhost', fetch, true],
    ] as const) {
      t.test(`${way.way} at ${host} ${isSent ? 'takes' : 'leaves'} a cookie with ${attributes || 'none'}, and gets nothing`, async (t) => {
        await signIn(attributes)
        await attack(t, world, page, jwt, site.at(host), { ...way, ...(isSent ? {} : { isAnonymous: true }) })
      })
    }
  })

  t.test('where browsers send no Sec-Fetch headers', async (t) => {
    await signIn('', 'acme.test')
    const target = { ...jwt, origin: jwt.origin.replace('.localhost', '.test') }
    for (const name of ['a form', 'a form into a frame', 'a form of a page with Referrer-Policy: no-referrer', 'a form that the page\'s own server redirects with 307']) {
      t.test(`${name} gets nothing`, async (t) => {
        const exchanges = await attack(t, world, page, target, site.at('blog.acme.test'), only(forms, name))
        t.notOk(exchanges.some(({ headers }) => Object.keys(headers).some((name) => name.startsWith('sec-'))))
      })
    }
  })

  t.test('the window of a refusal cannot be looked into', async (t) => {
    const url = `${jwt.origin}/vault-session?window`
    await signIn()
    const popup = page.waitForEvent('popup')
    await page.goto(evil + site.page(`<script>const opened = open('${url}')</script>`))
    const opened = await popup
    await opened.waitForURL(url)
    t.equal(await page.evaluate('(() => { try { return opened.document.title } catch ({ name }) { return name } })()'), 'SecurityError')
    t.equal(await page.evaluate('opened.length'), 0)
    await opened.close()
  })

  t.test('a refused form that is sent again is refused again', async (t) => {
    const path = '/vault-session?reloaded'
    await signIn()
    await page.goto(evil + site.page(sentForm(jwt.origin + path)), { waitUntil: 'commit' })
    await page.waitForURL(jwt.origin + path)
    await page.reload()
    t.match((await jwt.about(path)).map(({ method, answer: { status } }) => ({ method, status })), [{ method: 'POST', status: 403 }, { method: 'POST', status: 403 }])
  })

  t.test('a page over http of the host itself gets nothing over https', async (t) => {
    const path = '/vault-session?plain'
    await signIn()
    await page.goto(`http://broker.acme.localhost${site.page(sentForm(secure.origin + path))}`, { waitUntil: 'commit' })
    await page.waitForURL((url) => url.protocol === 'https:')
    t.match(await secure.about(path), [{ headers: { 'sec-fetch-site': 'cross-site', cookie: /token=/ }, answer: { status: 403 } }])
  })

  t.test('nothing comes of it late', async (t) => {
    const targets = [jwt, gateway, secure, world.static]
    t.strictSame(targets.flatMap(({ exchanges }) => exchanges).filter(({ answer }) => answer.status !== 403), [])
    t.strictSame(upstream.received, [])
    t.strictSame(vaultVisits, [])
  })
}

let attacks = 0

/** Somebody who is signed in visits a page of that origin, which does this to the broker. */
async function attack (t: Test, { site, app, upstream, vaultVisits }: World, page: Page, target: Target, own: string, way: Way): Promise<Exchange[]> {
  const [sessions, visits] = [upstream.received.length, vaultVisits.length]
  const path = `/vault-session?way=${++attacks}`
  const url = target.origin + path
  const told = way.told === undefined ? undefined : outcomeIn(page, url)
  const seen = seenIn(page, way.ends, url)
  const scene: Scene = { ...site, own, allowed: app }
  await page.goto(own + site.page(way.page(url, scene), way.headers?.(url)), { waitUntil: 'commit' })

  const exchanges = await target.about(path)
  t.strictSame(await told, way.told, 'a script is told nothing')
  t.match(await seen, { page: /origin_not_allowed/, window: /origin_not_allowed/, frame: /^(?![^]*origin_not_allowed)/, nowhere: '' }[way.ends ?? 'nowhere'])

  t.equal(exchanges.length, 1, 'a preflight is the last of it')
  for (const { method, headers, answer } of exchanges) {
    t.strictSame({ method, origin: headers.origin, hasCookie: /\btoken=/.test(String(headers.cookie)) }, {
      method: way.method ?? 'POST',
      origin: { own, null: 'null', none: undefined }[way.origin],
      hasCookie: way.isAnonymous !== true,
    })
    t.match(answer, { status: 403, text: method === 'HEAD' ? '' : /origin_not_allowed/ })
    t.notOk(Object.keys(answer.headers).some((name) => name.startsWith('access-control-')), 'no CORS headers')
    if (method !== 'OPTIONS') t.match(await logged(target, answer), { code: 'origin_not_allowed' })
    const stranger = await send(target.url + path, { method: method as 'POST', headers: withoutUser(headers) })
    t.strictSame(withoutMoment(stranger), withoutMoment(answer), 'it is the same for a stranger')
  }
  t.equal(upstream.received.length, sessions, 'no session is made')
  t.equal(vaultVisits.length, visits, 'nobody gets to a vault')
  return exchanges
}

/** What a page's script says of the outcome. */
async function outcomeIn (page: Page, url: string): Promise<unknown> {
  const prefix = `outcome ${url} `
  const message = await page.waitForEvent('console', (message) => message.text().startsWith(prefix))
  return JSON.parse(message.text().replace(prefix, ''))
}

/** What the user sees of the answer, once the browser is done with it. */
async function seenIn (page: Page, ends: Way['ends'], url: string): Promise<string> {
  switch (ends) {
    case 'page':
      await page.waitForURL(url)
      return page.content()
    case 'frame': {
      const frame = await page.waitForEvent('framenavigated', (frame) => frame.parentFrame() !== null && frame.url().startsWith('chrome-error:'))
      return frame.locator('body').innerText()
    }
    case 'window': {
      const opened = await page.waitForEvent('popup')
      await opened.waitForURL(url)
      const content = await opened.content()
      await opened.close()
      return content
    }
    case undefined: return ''
  }
}

/** The line that the broker logs of a request, once it is there. */
async function logged ({ broker }: Target, { headers }: Exchange['answer']) {
  const line = () => broker.log().find(({ request_id: id, msg }) => id === headers['x-request-id'] && msg === 'request completed')
  while (line() === undefined) await broker.nextLine()
  return line()
}

/** The headers of a request, but for what is its connection's and its user's. */
function withoutUser (headers: Exchange['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || /^(?:connection|upgrade|content-length|cookie)$/.test(name) ? [] : [[name, String(value)]]))
}

/** An answer, but for what is its moment's and its connection's. */
function withoutMoment ({ status, headers, text }: { status: number, headers: Record<string, unknown>, text: string }) {
  const { date: _date, connection: _connection, 'keep-alive': _keepAlive, 'x-request-id': id, ...others } = headers
  return { status, headers: { ...others }, text: text.replaceAll(String(id), '') }
}

function only (ways: readonly Way[], name: string): Way {
  const way = ways.find(({ way }) => way === name)
  if (way === undefined) throw new Error(`no way is ${name}`)
  return way
}

/** What a script makes of an answer, or of none. */
interface Read {
  status?: number
  headers?: Record<string, string>
  body?: Record<string, unknown>
  error?: string
}

/** What a page reads by fetch: of a POST of JSON with cookies, but for what this says. */
function fetchIn (page: Page, url: string, init = ''): Promise<Read> {
  return page.evaluate<Read>(`fetch('${url}', { method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body: '{}', ${init} })
    .then(async (answer) => ({ status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.json() }), ({ name: error }) => ({ error }))`)
}

async function allowedPages (t: Test, { site, app, partner, upstream, vaultVisits, issuer, signIn, signOut, open, ...brokers }: World): Promise<void> {
  const { jwt, gateway } = brokers
  const page = await open(t)

  for (const [who, own, target, headers] of [
    ['a page of the site', app, jwt],
    ['a page of another site', partner, jwt],
    ['a page before a gateway', app, gateway],
    ['a page where nobody signs in', partner, brokers.static],
    ['a page of the broker\'s own origin', jwt.origin, jwt],
    ['a page of the gateway\'s own origin', gateway.origin, gateway],
    ['a page of the broker\'s own origin, without a referrer,', jwt.origin, jwt, { 'referrer-policy': 'no-referrer' }],
  ] as const) {
    t.test(`${who} gets to the vault by form`, async (t) => {
      await signIn()
      await page.goto(own + site.page(sentForm(`${target.origin}/vault-session`), headers), { waitUntil: 'commit' })
      await page.waitForURL(SESSION_URI)
      t.equal(await page.locator('body').innerText(), 'the vault')
    })

    t.test(`${who} reads a session by fetch`, async (t) => {
      await signIn()
      await page.goto(own + site.page('', headers))
      t.match(await fetchIn(page, `${target.origin}/vault-session`), {
        status: 200,
        headers: { 'x-request-id': /^[\w-]{36}$/, ratelimit: /^"session";r=\d+;t=\d+$/, 'ratelimit-policy': /^"session";q=\d+;w=\d+$/ },
        body: { session_uri: SESSION_URI },
      })
    })
  }

  t.test('a page of another origin without a referrer reads a session by fetch', async (t) => {
    await signIn()
    await page.goto(app + site.page('', { 'referrer-policy': 'no-referrer' }))
    t.match(await fetchIn(page, `${jwt.origin}/vault-session`), { status: 200 })
  })

  t.test('a page with a token in its hands needs no cookie', async (t) => {
    await signOut()
    await page.goto(app + site.page(''))
    const headers = `headers: { authorization: 'Bearer ${await issuer.sign()}', 'content-type': 'application/json' }`
    t.match(await fetchIn(page, `${jwt.origin}/vault-session`, headers), { status: 200 })
  })

  t.test('a page of the broker\'s own origin gets to the vault where browsers send no Sec-Fetch headers', async () => {
    const origin = jwt.origin.replace('.localhost', '.test')
    await signIn('', 'acme.test')
    await page.goto(origin + site.page(sentForm(`${origin}/vault-session`)), { waitUntil: 'commit' })
    await page.waitForURL(SESSION_URI)
  })

  t.test('each of them made one session', async (t) => {
    t.equal(upstream.received.length, 17)
    t.equal(vaultVisits.length, 8)
  })
}

/** An error, and how a page comes by it. */
interface ErrorRow {
  what: string
  status: number
  code: string
  path?: string
  /** Of the fetch. */
  init?: string
  variables?: Record<string, string>
  upstream?: Respond
  parts?: () => Omit<Parts, 'logger'>
  /** How often it is asked for before. */
  before?: number
  hasRetryAfter?: true
}

const answering = (status: number, headers: Record<string, string> = {}): Respond => (_request, response) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(errorBody(status))
}

function closing (): Lifecycle {
  const lifecycle = new Lifecycle()
  lifecycle.close()
  return lifecycle
}

async function errors (t: Test, { site, app, issuer, signIn, open }: World): Promise<void> {
  const page = await open(t)
  const broken = await startIssuer(t)
  broken.answer((_request, response) => { response.writeHead(500).end() })

  const rows: ErrorRow[] = [
    { what: 'a body that does not fit', status: 400, code: 'invalid_request', init: 'body: \'{"redirectUri":""}\'' },
    { what: 'no credential', status: 401, code: 'unauthenticated', init: "credentials: 'omit'" },
    { what: 'another\'s consumer', status: 403, code: 'consumer_not_allowed', init: "headers: { 'x-apideck-consumer-id': 'globex' }" },
    { what: 'an unknown path', status: 404, code: 'not_found', path: '/nope' },
    { what: 'another method', status: 405, code: 'method_not_allowed', init: "method: 'GET', headers: {}, body: undefined" },
    { what: 'too large a body', status: 413, code: 'payload_too_large', init: "body: 'x'.repeat(16_385)" },
    { what: 'another content type', status: 415, code: 'unsupported_media_type', init: 'headers: {}' },
    { what: 'a redirect_uri that is not allowed', status: 422, code: 'redirect_uri_not_allowed', init: 'body: \'{"redirect_uri":"https://evil.example/"}\'' },
    { what: 'a Session that Apideck rejects', status: 422, code: 'session_rejected', upstream: answering(422) },
    { what: 'a request too many', status: 429, code: 'rate_limited', variables: { RATE_LIMIT_MAX: '1' }, before: 1, hasRetryAfter: true },
    { what: 'a bug', status: 500, code: 'internal_error', parts: () => ({ upstream: upstreamOf(async () => { throw new Error('a bug') }) }) },
    { what: 'an API key that is wrong', status: 502, code: 'upstream_auth_failed', upstream: answering(401) },
    { what: 'an upstream that fails', status: 502, code: 'upstream_error', upstream: answering(500) },
    { what: 'an upstream that cannot be reached', status: 502, code: 'upstream_unreachable', variables: { APIDECK_BASE_URL: 'http://127.0.0.1:1' } },
    { what: 'an upstream that is unavailable', status: 503, code: 'upstream_unavailable', upstream: answering(503, { 'retry-after': '17' }), hasRetryAfter: true },
    { what: 'an issuer that cannot be reached', status: 503, code: 'identity_unavailable', variables: broken.variables, hasRetryAfter: true },
    { what: 'an instance that is about to stop', status: 503, code: 'shutting_down', parts: () => ({ lifecycle: closing() }), hasRetryAfter: true },
    { what: 'an upstream that takes too long', status: 504, code: 'upstream_timeout', upstream: () => {}, variables: { UPSTREAM_TIMEOUT_MS: '100' } },
  ]
  for (const { what, status, code, path = '/vault-session', init, variables, upstream, parts, before = 0, hasRetryAfter } of rows) {
    t.test(`${what}: ${status} ${code}`, async (t) => {
      const { url: APIDECK_BASE_URL } = await httpUpstream(t, upstream)
      const broker = await startBroker(t, { ...issuer.variables, JWT_COOKIE: 'token', ALLOWED_ORIGINS: app, APIDECK_BASE_URL, ...variables }, parts?.())
      const url = named(broker.url) + path
      await signIn()
      await page.goto(app + site.page(''))
      for (let i = 0; i < before; i++) await fetchIn(page, url)
      const { headers = {}, ...answer } = await fetchIn(page, url, init)
      t.match(answer, { status, body: { status, code, request_id: headers['x-request-id'] } })
      t.match(headers['retry-after'], hasRetryAfter === true ? /^[1-9]\d*$/ : undefined)
    })
  }
}

async function preflights (t: Test, { site, app, issuer, jwt, signIn, open }: World): Promise<void> {
  const page = await open(t)
  await signIn()
  await page.goto(app + site.page(''))
  const token = await issuer.sign()

  const [through, stopped] = [['OPTIONS', 'POST'], ['OPTIONS']]
  for (const [what, init, methods] of [
    ['a content type', '', through],
    ['a token', `credentials: 'omit', headers: { authorization: 'Bearer ${token}', 'content-type': 'application/json' }`, through],
    ['a consumer', "headers: { 'x-apideck-consumer-id': 'acme', 'content-type': 'application/json' }", through],
    ['another header', "headers: { 'x-another': '1', 'content-type': 'application/json' }", stopped],
    ['another method', "method: 'PUT'", stopped],
  ] as const) {
    t.test(`a preflight for ${what} ${methods === through ? 'lets the request through' : 'stops the request'}`, async (t) => {
      const path = `/vault-session?preflight=${encodeURIComponent(what)}`
      t.match(await fetchIn(page, jwt.origin + path, init), methods === through ? { status: 200 } : { error: 'TypeError' })
      const exchanges = await jwt.about(path)
      t.strictSame(exchanges.map(({ method }) => method), methods)
      t.match(exchanges[0]?.answer, {
        status: 204,
        headers: {
          'access-control-allow-origin': app,
          'access-control-allow-credentials': 'true',
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': 'Authorization, Content-Type, X-Apideck-Consumer-Id',
        },
      })
    })
  }
}

async function traps (t: Test, world: World): Promise<void> {
  const { site, app, jwt, upstream, vaultVisits, signIn, open } = world
  const page = await open(t)
  await signIn()

  for (const way of forms.filter(({ origin }) => origin === 'null')) {
    t.test(`${way.way} loses its origin, and gets nothing`, (t) => attack(t, world, page, jwt, app, way))
  }

  const target = `${jwt.origin}/vault-session`

  t.test('a form-action without the vault stops the browser on its way there, when the session is made', async (t) => {
    const [sessions, visits] = [upstream.received.length, vaultVisits.length]
    const stopped = page.waitForEvent('console', (message) => message.type() === 'error' && message.text().includes('form-action'))
    await page.goto(app + site.page(sentForm(target), { 'content-security-policy': `form-action ${jwt.origin}` }), { waitUntil: 'commit' })
    await stopped
    t.equal(upstream.received.length, sessions + 1)
    t.equal(vaultVisits.length, visits)
  })

  t.test('a form-action with the vault lets the browser go there', async () => {
    await page.goto(app + site.page(sentForm(target), { 'content-security-policy': `form-action ${jwt.origin} https://vault.apideck.com` }), { waitUntil: 'commit' })
    await page.waitForURL(SESSION_URI)
  })
}
