import type { ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import type { Parts } from '../../src/app.js'
import { catalogue } from '../../src/errors.js'
import { Lifecycle } from '../../src/lifecycle.js'
import { startBroker } from '../helpers/broker.js'
import { withoutChromium } from '../helpers/chromium.js'
import { onSite, startClient, type Seen } from '../helpers/client.js'
import { startIssuer } from '../helpers/issuer.js'
import type { Respond } from '../helpers/site.js'
import { SESSION_URI, TOKEN, TOKEN_CANARY, errorBody, httpUpstream, mint, upstreamOf } from '../helpers/upstream.js'

/* Every error that a page can meet, as the client tells it: those of the real broker, and what is none of a broker's. */

type World = Awaited<ReturnType<typeof startWorld>>

t.test('in Chromium', { skip: withoutChromium() }, async (t) => {
  const world = await startWorld(t)
  t.test('an error of the broker comes as it is', (t) => refusals(t, world))
  t.test('what is no answer of a broker is told apart', (t) => strangers(t, world))
  t.test('what cannot be sent is not', (t) => misuses(t, world))
})

async function startWorld (t: Test) {
  const [client, issuer] = await Promise.all([startClient(t), startIssuer(t)])
  return { ...client, issuer, token: await issuer.sign() }
}

interface Row {
  what: string
  code: string
  /** What of the call is not as in a good one. */
  options?: string
  variables?: Record<string, string>
  upstream?: Respond
  parts?: () => Omit<Parts, 'logger'>
  /** Calls that come before. */
  before?: number
  /** Seconds. */
  retryAfter?: RegExp
  errors?: unknown[]
}

const answering = (status: number, headers: Record<string, string> = {}): Respond => (_request, response) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(errorBody(status))
}

function closing (): Lifecycle {
  const lifecycle = new Lifecycle()
  lifecycle.close()
  return lifecycle
}

async function refusals (t: Test, { issuer, token, app, open, call }: World): Promise<void> {
  const page = await open(t)
  let respond: Respond = mint
  const { url: APIDECK_BASE_URL } = await httpUpstream(t, (request, response) => respond(request, response))
  const environment = { ...issuer.variables, ALLOWED_ORIGINS: app, APIDECK_BASE_URL }
  const usual = await startBroker(t, environment)
  const rows: Row[] = [
    { what: 'a Session that does not fit', code: 'invalid_request', options: "session: { redirectUri: '' }", errors: [{ pointer: '/redirectUri', message: 'is not a known property; did you mean redirect_uri?' }] },
    { what: 'no credential', code: 'unauthenticated', options: 'token: undefined' },
    { what: 'an empty token', code: 'unauthenticated', options: "token: ''" },
    { what: 'another\'s consumer', code: 'consumer_not_allowed', options: "consumerId: 'globex'" },
    { what: 'too large a Session', code: 'payload_too_large', options: "session: { custom_consumer_settings: { x: 'x'.repeat(16_384) } }" },
    { what: 'a redirect_uri that is not allowed', code: 'redirect_uri_not_allowed', options: "session: { redirect_uri: 'https://evil.example/' }", errors: [{ pointer: '/redirect_uri', message: 'must be canonical, and at an origin that the operator has listed' }] },
    { what: 'a Session that Apideck rejects', code: 'session_rejected', upstream: answering(422) },
    { what: 'a request too many', code: 'rate_limited', variables: { RATE_LIMIT_MAX: '1' }, before: 1, retryAfter: /^(?:60|5\d)$/ },
    { what: 'a bug', code: 'internal_error', parts: () => ({ upstream: upstreamOf(async () => { throw new Error('a bug') }) }) },
    { what: 'an API key that is wrong', code: 'upstream_auth_failed', upstream: answering(401) },
    { what: 'an upstream that fails', code: 'upstream_error', upstream: answering(500) },
    { what: 'an upstream that is unavailable', code: 'upstream_unavailable', upstream: answering(503, { 'retry-after': '17' }), retryAfter: /^17$/ },
    { what: 'an instance that is about to stop', code: 'shutting_down', parts: () => ({ lifecycle: closing() }), retryAfter: /^1$/ },
    { what: 'an upstream that takes too long', code: 'upstream_timeout', upstream: () => {}, variables: { UPSTREAM_TIMEOUT_MS: '100' } },
  ]
  for (const { what, code, options = '', variables, upstream = mint, parts, before = 0, retryAfter = /^undefined$/, errors = [] } of rows) {
    t.test(`${what}: ${code}`, async (t) => {
      respond = upstream
      const broker = variables === undefined && parts === undefined ? usual : await startBroker(t, { ...environment, ...variables }, parts?.())
      const expression = `createVaultSession({ url: '${onSite(broker.url)}/vault-session', token: '${token}', ${options} })`
      for (let i = 0; i < before; i++) await call(page, expression)

      const { error } = await call(page, expression)
      t.match(error, { isOurs: true, code, status: catalogue[code as keyof typeof catalogue].status, cause: undefined })
      t.match(error?.requestId, /^[\w-]{36}$/)
      while (!broker.log().some(({ request_id: id, code }) => id === error?.requestId && code === error?.code)) await broker.nextLine()
      t.match(String(error?.retryAfter), retryAfter)
      t.strictSame(error?.errors, errors)
      tellsNothing(t, error, token)
    })
  }

  t.test('a page that is not allowed reads no error of the broker: unreachable', async (t) => {
    const broker = await startBroker(t, { ALLOWED_ORIGINS: 'https://app.example.com' })
    const { error } = await call(page, `createVaultSession({ url: '${onSite(broker.url)}/vault-session' })`)
    t.match(error, { isOurs: true, code: 'unreachable', status: undefined, errors: [], cause: /^TypeError: / })
    t.match(broker.log().filter(({ code }) => code === 'origin_not_allowed'), [{ status: 403 }])
  })
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Respond => (_request, response) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body))
}

const whole = JSON.stringify({ session_uri: SESSION_URI, session_token: TOKEN })

/** Says that more comes, and breaks the connection off. */
function breakOff (response: ServerResponse): void {
  response.writeHead(200, { 'content-length': whole.length })
  response.write(whole.slice(0, 60), () => response.destroy())
}

async function strangers (t: Test, { open, call, site, token }: World): Promise<void> {
  const page = await open(t)
  const rows: Array<[what: string, respond: Respond, expected: Partial<Seen>]> = [
    ['a page', (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Please sign in'), { status: 200 }],
    ['nothing, with a 200', json(''), { status: 200 }],
    ['nothing, with a 204', (_request, response) => response.writeHead(204).end(), { status: 204 }],
    ['null', json('null'), { status: 200 }],
    ['a text', json('"session"'), { status: 200 }],
    ['an object without members', json({}), { status: 200 }],
    ['a session without a token', json({ session_uri: SESSION_URI }), { status: 200 }],
    ['a session with an empty token', json({ session_uri: SESSION_URI, session_token: '' }), { status: 200 }],
    ['a session without a URI', json({ session_token: TOKEN }), { status: 200 }],
    ['a session with a URI that is an array', json({ session_uri: [SESSION_URI], session_token: TOKEN }), { status: 200 }],
    ['a session with a URI that is none', json({ session_uri: 'vault', session_token: TOKEN }), { status: 200 }],
    ['a session with a javascript: URI', json({ session_uri: 'javascript:document.title=1', session_token: TOKEN }), { status: 200 }],
    ['a session with a data: URI', json({ session_uri: 'data:text/html,x', session_token: TOKEN }), { status: 200 }],
    ['a session with an http: URI', json({ session_uri: SESSION_URI.replace('https', 'http'), session_token: TOKEN }), { status: 200 }],
    ['a session with a URI relative to the page', json({ session_uri: '//vault.apideck.com/session/x', session_token: TOKEN }), { status: 200 }],
    ['a session with another status', json(whole, 201), { status: 201 }],
    ['half a session', json(whole.slice(0, 60)), { status: 200 }],
    ['half a session, and then no connection', (_request, response) => breakOff(response), { code: 'unreachable' }],
    ['no answer', (request) => request.socket.destroy(), { code: 'unreachable' }],
    ['a redirect', (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(), { code: 'unreachable' }],
    ['a gateway\'s page', (_request, response) => response.writeHead(503, { 'content-type': 'text/html', 'retry-after': '7', 'x-request-id': 'gw-1' }).end('<h1>503'), { status: 503, retryAfter: 7, requestId: 'gw-1' }],
    ['a Retry-After that is a date', json('', 503, { 'retry-after': 'Fri, 01 Jan 2027 00:00:00 GMT' }), { status: 503 }],
    ['nothing, with a 500', json('', 500), { status: 500 }],
    ['an error without a code', json({ detail: 'no' }, 400), { status: 400 }],
    ['an error with a code that is a number', json({ code: 16, detail: 'no' }, 401), { status: 401 }],
    ['an error without words', json({ code: 'unauthenticated' }, 401), { status: 401 }],
    ['an error with errors that are no list', json({ code: 'invalid_request', detail: 'no', errors: 'no' }, 400), { status: 400 }],
    ['a problem with a 200', json({ code: 'invalid_request', detail: 'no' }), { status: 200 }],
  ]
  for (const [what, respond, expected] of rows) {
    t.test(`${what}: ${expected.code ?? 'unexpected_answer'}`, async (t) => {
      const { error } = await call(page, `openVault({ url: '${site.serve(respond)}', token: '${token}' })`)
      const { message, printed, cause, ...facts } = error ?? {}
      t.strictSame(facts, {
        isOurs: true, code: 'unexpected_answer', status: undefined, retryAfter: undefined, requestId: undefined, errors: [], ...expected,
      })
      t.equal(cause !== undefined, expected.code === 'unreachable')
      tellsNothing(t, error, token)
      t.equal(await page.title(), 'a page', 'nothing is opened')
    })
  }
}

async function misuses (t: Test, { open, call, app, token }: World): Promise<void> {
  const page = await open(t)
  const sent: string[] = []
  page.on('request', (request) => { if (request.method() !== 'GET') sent.push(request.url()) })
  const rows: Array<[what: string, options: string, expected: Partial<Seen>]> = [
    ['a url that is none', "url: 'http://'", { code: 'invalid_options' }],
    ['a url with a password', "url: 'http://user:secret@localhost'", { code: 'invalid_options' }],
    ['a token that fits no header', `token: '${token}\\n${token}'`, { code: 'invalid_options' }],
    ['a consumer that fits no header', "consumerId: 'café ☕'", { code: 'invalid_options' }],
    ['a Session that is no JSON', 'session: { custom_consumer_settings: { x: 1n } }', { code: 'invalid_options' }],
    ['credentials that fetch does not know', "credentials: 'some'", { code: 'invalid_options' }],
    ['a function that throws', "token () { throw new RangeError('signed out') }", { code: 'token_unavailable', cause: 'RangeError: signed out' }],
    ['a function whose token never comes', "token: () => Promise.reject(new RangeError('signed out'))", { code: 'token_unavailable', cause: 'RangeError: signed out' }],
  ]
  for (const [what, options, expected] of rows) {
    t.test(`${what}: ${expected.code}`, async (t) => {
      const { error } = await call(page, `openVault({ ${options} })`)
      t.match(error, { isOurs: true, status: undefined, errors: [], cause: undefined, ...expected })
      tellsNothing(t, error, token)
    })
  }
  t.test('nothing was sent', async (t) => {
    t.strictSame(sent, [])
    t.equal(page.url().startsWith(app), true)
  })
}

/** Holds an error to what a reporter of errors may see. */
function tellsNothing (t: Test, error: Seen | undefined, token: string): void {
  t.match(error?.message, /^\w.+\.$/)
  t.notMatch(error?.message, /https?:|\/\//, 'the message has no URL')
  for (const secret of [token, TOKEN, TOKEN_CANARY, SESSION_URI, 'javascript:', 'user:secret']) t.notOk(error?.printed.includes(secret))
}
