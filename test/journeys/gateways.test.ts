import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { Agent, request } from 'undici'
import { parse } from 'yaml'
import { FORM } from '../../src/policy/answer-shape.js'
import { startBroker, type Answer } from '../helpers/broker.js'
import { GATEWAY_SECRET, HOST, caddy, nginx, startGateway, type Ask, type Gateway } from '../helpers/gateway.js'
import { without } from '../helpers/programs.js'
import { cookieOf, startSignIn } from '../helpers/sign-in.js'
import { errorBody, httpUpstream, mint, mintedBody, socketUpstream, type Received } from '../helpers/upstream.js'

/*
 * The gateways of docs/gateways.md, each with the very file that is documented there: browsers before it, a sign-in
 * service beside it, the broker behind it, all on real sockets. Clients try to be somebody else.
 */

type Header = [name: string, value: string]
type Respond = Parameters<typeof httpUpstream>[1]

const APP = 'https://app.example.com'
const fromApp: Header = ['Origin', APP]
const uri = (length: number) => `https://vault.apideck.com/session/${'canary-location'.padEnd(length - 34, 'x')}`

/** Both ways in, as a browser takes them. */
const roads = {
  script: {
    status: 200,
    headers: [['Content-Type', 'application/json'], ['Accept', '*/*'], ['Sec-Fetch-Mode', 'cors']] as Header[],
    body: JSON.stringify({ consumer_metadata: { user_name: 'canary-body' } }),
  },
  form: {
    status: 302,
    headers: [['Content-Type', FORM], ['Accept', 'text/html'], ['Sec-Fetch-Mode', 'navigate']] as Header[],
    body: 'consumer_metadata[user_name]=canary-body',
  },
}
type Road = typeof roads['script']

/** Everything there is, with the gateway in the middle. */
async function startSite (t: Test, gateway: Gateway) {
  let respond: NonNullable<Respond> = mint
  const upstream = await httpUpstream(t, (request, response) => respond(request, response))
  const broker = await startBroker(t, {
    IDENTITY: 'gateway', APIDECK_CONSUMER_ID: '', GATEWAY_SECRET, TRUSTED_PROXIES: '127.0.0.1', ALLOWED_ORIGINS: APP, APIDECK_BASE_URL: upstream.url, RATE_LIMIT_MAX: '100000', UPSTREAM_TIMEOUT_MS: '300',
  })
  const arrived: Header[][] = []
  broker.app.server.on('request', ({ rawHeaders: raw }) => arrived.push(
    raw.flatMap((name, i): Header[] => i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? '']] : [])))
  const signIn = await startSignIn(t)
  const front = await startGateway(t, gateway, { broker: broker.url, signIn: signIn.url })

  return {
    broker,
    signIn,
    front,
    /** How Apideck answers from now on. */
    answer: (how: NonNullable<Respond>) => { respond = how },
    /** The answer to one request, the headers with which it arrived at the broker, and whose sessions were minted. */
    async ask (road: Road, headers: Header[], rest: Omit<Ask, 'headers'> = {}) {
      const [before, minted] = [arrived.length, upstream.received.length]
      const answer = await front.ask({ path: '/vault-session?from=canary-query', body: road.body, ...rest, headers: [...road.headers, ...headers] })
      return { answer, arrived: arrived.slice(before), consumers: upstream.received.slice(minted).map(consumerOf) }
    },
    /** The broker's line about that answer, once it is written; nothing where the answer is not the broker's. */
    async lineOf ({ headers: { 'x-request-id': id } }: Answer) {
      const find = () => broker.log().find((line) => line['request_id'] === id && line['msg'] === 'request completed')
      if (id === undefined) return undefined
      while (find() === undefined) await broker.nextLine()
      return find()
    },
    /** One request to the broker itself, past the gateway. */
    async past (road: Road, headers: Header[], from = '127.0.0.1'): Promise<Pick<Answer, 'status' | 'text'> & { consumers: string[] }> {
      const minted = upstream.received.length
      const dispatcher = new Agent({ localAddress: from })
      const { statusCode, body } = await request(`${broker.url}/vault-session`, { method: 'POST', headers: [...road.headers, ...headers].flat(), body: road.body, dispatcher })
      const answer = { status: statusCode, text: await body.text() }
      await dispatcher.close()
      return { ...answer, consumers: upstream.received.slice(minted).map(consumerOf) }
    },
  }
}
type Site = Awaited<ReturnType<typeof startSite>>

const consumerOf = ({ headers }: Received) => headers.filter(([name]) => name.toLowerCase() === 'x-apideck-consumer-id').map(([, value]) => value).join()
const valuesOf = (headers: Header[] | undefined, name: string) => headers?.filter(([other]) => other === name).map(([, value]) => value)

/** What the gateway vouches for arrived once, and in the gateway's own words. */
function isClean (t: Test, headers: Header[] | undefined, { consumer, address }: { consumer?: string, address: string }): void {
  t.strictSame(valuesOf(headers, 'x-consumer-id'), consumer === undefined ? [] : [consumer], 'the consumer')
  t.strictSame(valuesOf(headers, 'x-gateway-secret'), [GATEWAY_SECRET], 'the secret')
  t.strictSame(valuesOf(headers, 'x-forwarded-for'), [address], 'the address')
  t.equal(valuesOf(headers, 'x-request-id')?.length, 1, 'a request ID')
  t.strictSame(headers?.filter(([name, value]) => name.includes('_') || /canary-(?:of|forged)/.test(value)), [], 'nothing with an underscore, no cookie, nothing forged')
}

function isProblem (t: Test, { status, headers, text }: Answer, code: string, expected: number): void {
  t.equal(status, expected)
  t.match(text, new RegExp(`\\b${code}\\b`))
  t.match(headers['content-type'], /^(?:application\/problem\+json|text\/html)/)
}

/** What a client may send of the gateway's own, each on its own and all at once. */
const forgeries: Array<[what: string, headers: Header[]]> = [
  ['another consumer', [['X-Consumer-Id', 'globex']]],
  ['another consumer in small letters', [['x-consumer-id', 'globex']]],
  ['another consumer twice', [['X-Consumer-Id', 'globex'], ['X-Consumer-Id', 'acme']]],
  ['an empty consumer', [['X-Consumer-Id', '']]],
  ...['X_Consumer_Id', 'X-Consumer_Id', 'X_Consumer-Id', 'x_consumer_id'].map((name): [string, Header[]] => [name, [[name, 'globex']]]),
  ['a secret of its own', [['X-Gateway-Secret', 'canary-forged-secret']]],
  ['the secret itself', [['X-Gateway-Secret', GATEWAY_SECRET], ['X-Consumer-Id', 'globex']]],
  ['a secret twice', [['X-Gateway-Secret', 'canary-forged-secret'], ['X-Gateway-Secret', GATEWAY_SECRET]]],
  ...['X_Gateway_Secret', 'X-Gateway_Secret', 'X_Gateway-Secret'].map((name): [string, Header[]] => [name, [[name, 'canary-forged-secret']]]),
  ['an address', [['X-Forwarded-For', '203.0.113.7']]],
  ['a chain of addresses', [['X-Forwarded-For', '203.0.113.7, 127.0.0.1'], ['X-Forwarded-For', '127.0.0.1']]],
  ['X_Forwarded_For', [['X_Forwarded_For', '203.0.113.7']]],
  ['a request ID', [['X-Request-Id', 'canary-forged-id']]],
  ['a request ID twice', [['X-Request-Id', 'canary-forged-id'], ['X-Request-Id', 'canary-forged-id']]],
]
forgeries.push(['all of it', forgeries.flatMap(([, headers]) => headers)])

/** Where a request says that it comes from, and whether that is proof enough. */
const origins: Array<[what: string, headers: (origin: string) => Header[], isProof: boolean]> = [
  ['an allowed origin', () => [fromApp], true],
  ['an allowed origin of another site', () => [fromApp, ['Sec-Fetch-Site', 'cross-site']], true],
  ['the gateway\'s own origin', (origin) => [['Origin', origin]], true],
  ['same-origin by word of the browser', () => [['Sec-Fetch-Site', 'same-origin']], true],
  ['another origin', () => [['Origin', 'https://evil.example'], ['Sec-Fetch-Site', 'cross-site']], false],
  ['the gateway\'s host at another port', () => [['Origin', `https://${HOST}:1`]], false],
  ['an opaque origin', () => [['Origin', 'null'], ['Sec-Fetch-Site', 'cross-site']], false],
  ['another site, without an origin', () => [['Sec-Fetch-Site', 'cross-site']], false],
  ['a neighbour, without an origin', () => [['Sec-Fetch-Site', 'same-site']], false],
  ['nowhere, in a new tab', () => [['Sec-Fetch-Site', 'none']], false],
  ['nowhere', () => [], false],
]

/** How requests straight to the broker try to pass for the gateway's. */
const intruders: Array<[what: string, from: string, headers: Header[]]> = [
  ['an address that is not trusted, with the right secret', '127.0.0.2', [['x-gateway-secret', GATEWAY_SECRET]]],
  ['the gateway\'s address, without the secret', '127.0.0.1', []],
  ['the gateway\'s address, with an empty secret', '127.0.0.1', [['x-gateway-secret', '']]],
  ['the gateway\'s address, with another secret', '127.0.0.1', [['x-gateway-secret', GATEWAY_SECRET.replace('0', 'o')]]],
  ['the gateway\'s address, with the start of the secret', '127.0.0.1', [['x-gateway-secret', GATEWAY_SECRET.slice(0, -1)]]],
  ['the gateway\'s address, with the secret twice', '127.0.0.1', [['x-gateway-secret', GATEWAY_SECRET], ['x-gateway-secret', GATEWAY_SECRET]]],
  ['the gateway\'s address, with the secret under an underscore', '127.0.0.1', [['x_gateway_secret', GATEWAY_SECRET]]],
]

const status = (status: number, headers: Record<string, string> = {}): NonNullable<Respond> =>
  (_request, response) => { response.writeHead(status, headers).end(errorBody(status)) }

/** The broker's refusals, by what leads to them. */
const refusals: Array<[what: string, code: string, ask: Omit<Ask, 'headers'>, headers?: Header[], respond?: NonNullable<Respond>]> = [
  ['a body that does not fit', 'invalid_request', { body: '{"redirectUri":' }],
  ['another method', 'method_not_allowed', { method: 'PUT' }],
  ['a body of 17 KiB', 'payload_too_large', { body: ' '.repeat(17_408) }],
  ['a body of 60 KiB', 'payload_too_large', { body: ' '.repeat(61_440) }],
  ['another content type', 'unsupported_media_type', {}, [['Content-Type', 'text/plain']]],
  ['another\'s consumer', 'consumer_not_allowed', {}, [['X-Apideck-Consumer-Id', 'globex']]],
  ['a redirect_uri elsewhere', 'redirect_uri_not_allowed', { body: 'redirect_uri=https://evil.example/' }, [['Content-Type', FORM]]],
  ['Apideck at its limit', 'upstream_limit_reached', {}, [], status(402)],
  ['Apideck that asks to wait', 'upstream_rate_limited', {}, [], status(429, { 'retry-after': '17' })],
  ['Apideck that refuses the key', 'upstream_auth_failed', {}, [], status(401)],
  ['Apideck that breaks off', 'upstream_unreachable', {}, [], (_request, response) => { response.destroy() }],
  ['Apideck that is silent', 'upstream_timeout', {}, [], () => {}],
]

/** Headers that are about a connection, that a gateway adds as its own, or that no two answers share. */
const CHANGING = ['alt-svc', 'connection', 'content-length', 'date', 'keep-alive', 'ratelimit', 'server', 'strict-transport-security', 'transfer-encoding', 'x-request-id']

/** An answer but for what no two of them share. */
function essence ({ status, headers, text }: Answer) {
  const id = headers['x-request-id'] ?? ''
  return {
    status,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !CHANGING.includes(name)).sort()),
    text: text.replaceAll(id, ''),
  }
}

const pairs = { tried: 0, reached: 0, gateways: 0 }

/** Whose session is whose, and what they add to it. */
const users = { acme: 'acme', globex: 'globex', nobody: undefined }
const choices: Record<string, Header[]> = {
  'no consumer': [],
  acme: [['X-Apideck-Consumer-Id', 'acme']],
  globex: [['X-Apideck-Consumer-Id', 'globex']],
  'acme, as the gateway would': [['X-Consumer-Id', 'acme']],
  'globex, as the gateway would': [['X-Consumer-Id', 'globex']],
}

for (const gateway of [nginx, caddy]) {
  t.test(`the broker behind ${gateway.program}`, { skip: without(gateway.program) }, async (t) => {
    const site = await startSite(t, gateway)
    const { front } = site
    const own = `${HOST}:${front.port}`
    pairs.gateways++

    for (const [name, road] of Object.entries(roads)) {
      for (const length of [20_480, 24_576, 32_768]) {
        t.test(`by ${name}, a session with a URL of ${length} characters opens`, async (t) => {
          site.answer((_request, response) => { response.writeHead(200).end(mintedBody({ session_uri: uri(length), session_token: 'x'.repeat(length) })) })
          const { answer, arrived, consumers } = await site.ask(road, [fromApp, cookieOf('acme')])
          t.match(answer, { status: road.status, headers: { 'cache-control': 'no-store', 'access-control-allow-origin': APP, 'strict-transport-security': /^max-age=31536000/ } })
          t.equal(answer.headers['location'] ?? answer.json['session_uri'], uri(length))
          t.strictSame(consumers, ['acme'])
          isClean(t, arrived[0], { consumer: 'acme', address: '127.0.0.1' })
        })
      }

      for (const [user, entitled] of Object.entries(users)) {
        for (const [choice, headers] of Object.entries(choices)) {
          const chosen = choice === 'acme' || choice === 'globex' ? choice : entitled
          const reaches = entitled !== undefined && chosen === entitled
          t.test(`by ${name}, ${user} who names ${choice} ${reaches ? `opens the vault of ${entitled}` : 'opens none'}`, async (t) => {
            site.answer(mint)
            const { answer, consumers } = await site.ask(road, [fromApp, ...(entitled === undefined ? [] : [cookieOf(user)]), ...headers])
            pairs.tried++
            pairs.reached += consumers.length
            t.strictSame(consumers, reaches ? [entitled] : [])
            if (reaches) t.equal(answer.status, road.status)
            else if (entitled === undefined) isProblem(t, answer, 'unauthenticated', 401)
            else isProblem(t, answer, 'consumer_not_allowed', 403)
          })
        }
      }

      for (const [what, headers, isProof] of origins) {
        t.test(`by ${name}, a session from ${what} ${isProof ? 'opens' : 'does not'}`, async (t) => {
          site.answer(mint)
          const { answer, consumers } = await site.ask(road, [...headers(front.origin), cookieOf('acme')])
          t.strictSame(consumers, isProof ? ['acme'] : [])
          if (isProof) t.equal(answer.status, road.status)
          else isProblem(t, answer, 'origin_not_allowed', 403)
        })
      }

      for (const [what, from, headers] of intruders) {
        t.test(`by ${name}, past the gateway, ${what} is nobody`, async (t) => {
          const { status, text, consumers } = await site.past(road, [fromApp, ['x-consumer-id', 'acme'], ...headers], from)
          t.equal(status, 401)
          t.match(text, /\bunauthenticated\b/)
          t.strictSame(consumers, [])
        })
      }

      for (const [what, code, rest, headers = [], respond = mint] of refusals) {
        t.test(`by ${name}, ${what} is ${code}, as the broker says it`, async (t) => {
          site.answer(respond)
          const [type, ...others] = road.headers
          const sent = [headers.find(([name]) => name === 'Content-Type') ?? type, ...others, fromApp, ...headers.filter(([name]) => name !== 'Content-Type')] as Header[]
          const { answer } = await site.ask({ ...road, headers: sent }, [cookieOf('acme')], { body: road.body, ...rest })
          const own = await site.broker.send({
            method: 'POST', ...rest, headers: Object.fromEntries([...sent, ['x-consumer-id', 'acme'], ['x-gateway-secret', GATEWAY_SECRET]]), body: rest.body ?? road.body,
          } as Parameters<typeof site.broker.send>[0])
          t.match(own.text, new RegExp(`\\b${code}\\b`))
          t.strictSame(essence(answer), essence(own))
        })
      }
    }

    t.test('the secret and the address together are the gateway\'s', async (t) => {
      t.strictSame((await site.past(roads.script, [fromApp, ['x-consumer-id', 'acme'], ['x-gateway-secret', GATEWAY_SECRET]])).consumers, ['acme'])
    })

    for (const [what, headers] of forgeries) {
      t.test(`a client that sends ${what} gets nothing by it`, async (t) => {
        site.answer(mint)
        const signedIn = await site.ask(roads.script, [fromApp, cookieOf('acme'), ...headers], { from: '127.0.0.2' })
        t.equal(signedIn.answer.status, 200)
        t.strictSame(signedIn.consumers, ['acme'])
        isClean(t, signedIn.arrived[0], { consumer: 'acme', address: '127.0.0.2' })
        t.match(await site.lineOf(signedIn.answer), { consumer_id: 'acme', address: '127.0.0.2' })

        const stranger = await site.ask(roads.script, [fromApp, ...headers], { from: '127.0.0.2' })
        isProblem(t, stranger.answer, 'unauthenticated', 401)
        t.strictSame(stranger.consumers, [])
        isClean(t, stranger.arrived[0], { address: '127.0.0.2' })
        t.match(await site.lineOf(stranger.answer), { code: 'unauthenticated', identity_failure: 'no_credential', address: '127.0.0.2' })
      })
    }

    t.test('a client that names the gateway\'s headers in Connection gets nothing by it', async (t) => {
      const { answer, arrived, consumers } = await site.ask(roads.script, [
        fromApp, cookieOf('acme'), ['X-Consumer-Id', 'globex'], ['Connection', 'close, x-consumer-id, x-gateway-secret, x-forwarded-for, x-request-id'],
      ], { from: '127.0.0.2' })
      t.ok(answer.status === 200 ? consumers[0] === 'acme' : answer.status === 401 && consumers.length === 0)
      t.strictSame(valuesOf(arrived[0], 'x-gateway-secret'), [GATEWAY_SECRET])
      t.match(await site.lineOf(answer), { address: '127.0.0.2' })
    })

    for (const who of ['no-consumer', 'an-empty-consumer', 'somebody-unknown']) {
      t.test(`a session of ${who} is nobody's`, async (t) => {
        for (const headers of [[], [['X-Consumer-Id', 'acme']] as Header[]]) {
          const { answer, arrived, consumers } = await site.ask(roads.script, [fromApp, cookieOf(who), ...headers])
          isProblem(t, answer, 'unauthenticated', 401)
          t.strictSame(consumers, [])
          isClean(t, arrived[0], { address: '127.0.0.1' })
        }
      })
    }

    t.test('a script of an allowed origin can read the 401 that it gets without a session', async (t) => {
      const { answer } = await site.ask(roads.script, [fromApp])
      isProblem(t, answer, 'unauthenticated', 401)
      t.match(answer.headers, { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true', 'www-authenticate': /^Gateway realm=/ })
    })

    t.test('a preflight passes, without a cookie', async (t) => {
      const { answer, consumers } = await site.ask({ ...roads.script, headers: [], body: '' }, [fromApp, ['Access-Control-Request-Method', 'POST'], ['Access-Control-Request-Headers', 'content-type']], { method: 'OPTIONS' })
      t.match(answer, { status: 204, headers: { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true' } })
      t.strictSame(consumers, [])
    })

    t.test('what the broker decides by arrives as it was sent', async (t) => {
      const sent: Header[] = [fromApp, ['Sec-Fetch-Site', 'same-site'], ['Sec-Fetch-Dest', 'empty'], ['X-Apideck-Consumer-Id', 'acme'], cookieOf('acme')]
      const { arrived } = await site.ask(roads.script, sent)
      for (const [name, value] of [...roads.script.headers, ...sent.slice(0, -1), ['Host', own] as Header]) t.strictSame(valuesOf(arrived[0], name.toLowerCase()), [value], name)
    })

    t.test('the sign-in service is told the cookie, and neither body nor secret', async (t) => {
      await site.ask(roads.form, [fromApp, cookieOf('acme')], { from: '127.0.0.2' })
      const asked = site.signIn.asked.at(-1)
      t.match(asked, { method: 'GET', url: '/session', body: '', headers: { cookie: cookieOf('acme')[1], 'x-forwarded-for': '127.0.0.2' } })
      t.equal(asked?.headers['x-gateway-secret'], undefined)
    })

    for (const failure of [403, 500, 503]) {
      t.test(`nobody passes where the sign-in service answers ${failure}`, async (t) => {
        site.signIn.fail(failure)
        const { answer, arrived } = await site.ask(roads.script, [fromApp, cookieOf('acme'), ['X-Consumer-Id', 'acme']])
        site.signIn.fail(undefined)
        t.ok(failure === 403 ? answer.status === 403 : answer.status >= 500)
        t.strictSame(arrived, [])
      })
    }

    t.test('a body that no Session is as large as is refused before it is read', async (t) => {
      const { answer, arrived, consumers } = await site.ask(roads.script, [fromApp, cookieOf('acme')], { body: ' '.repeat(1_000_000) })
      t.equal(answer.status, 413)
      t.ok(arrived.length <= 1)
      t.strictSame(consumers, [])
    })

    for (const path of ['/', '/livez', '/readyz', '/metrics', '/session', '/vault-session/', '/vault-session/x']) {
      t.test(`${path} is not for the outside`, async (t) => {
        for (const method of ['GET', 'POST']) {
          const { answer, arrived } = await site.ask(roads.script, [fromApp, cookieOf('acme')], { method, path, body: '' })
          t.equal(answer.status, 404, method)
          t.strictSame(arrived, [], method)
        }
      })
    }

    for (const serverName of [HOST, 'evil.example']) {
      t.test(`a name that was made to lead here leads nowhere, with ${serverName} in TLS`, async (t) => {
        const host = 'evil.example'
        const { arrived } = await site.ask(roads.script, [['Origin', `https://${host}`], cookieOf('acme')], { host, serverName })
          .catch((error: { code?: string }) => ({ arrived: [], refused: error.code }))
        t.strictSame(arrived, [])
      })
    }

    t.test('HTTP/2 opens a session, and no more than HTTP/1.1 does', async (t) => {
      site.answer((_request, response) => { response.writeHead(200).end(mintedBody({ session_uri: uri(32_768) })) })
      const open = await overHttp2(t, front, { ...headersOf(roads.form), origin: APP, cookie: cookieOf('acme')[1], 'x-consumer-id': 'globex', x_consumer_id: 'globex' }, roads.form.body)
      t.match(open, { status: 302, location: uri(32_768) })
      t.equal((await overHttp2(t, front, { ...headersOf(roads.form), origin: APP, 'x-consumer-id': 'globex' }, roads.form.body)).status, 401)
    })

    t.test('what the gateway logs holds no credential', async (t) => {
      site.answer((_request, response) => { response.writeHead(200).end(mintedBody({ session_uri: uri(24_576) })) })
      await site.ask(roads.form, [fromApp, cookieOf('acme')], { from: '127.0.0.3' })
      while (!front.accessLog().includes('127.0.0.3')) await wait(10)
      await front.stop()
      t.match(front.accessLog(), /127\.0\.0\.3.*"status":302/)
      t.notMatch(front.accessLog(), /canary|vault\.apideck/)
      t.notMatch(front.output(), /canary-(?:of|location|body|sesame)|vault\.apideck/)
      t.notMatch(front.output(), /temporary file/, 'nothing is written to a file')
    })
  })

  t.test(`${gateway.program} without a sign-in service lets nobody pass`, { skip: without(gateway.program) }, async (t) => {
    const broker = await httpUpstream(t)
    const front = await startGateway(t, gateway, { broker: broker.url, signIn: 'http://127.0.0.1:1' })
    const answer = await front.ask({ headers: [...roads.script.headers, fromApp, cookieOf('acme'), ['X-Consumer-Id', 'acme']], body: roads.script.body })
    t.ok(answer.status >= 500)
    t.strictSame(broker.received, [])
    await front.stop()
    t.notMatch(front.output(), /canary-(?:of|body|sesame)/)
  })

  t.test(`${gateway.program} asks a broker that breaks off once, and no more`, { skip: without(gateway.program) }, async (t) => {
    let asked = 0
    const broker = await socketUpstream(t, (socket) => {
      asked++
      socket.resetAndDestroy()
    })
    const front = await startGateway(t, gateway, { broker: broker.url, signIn: (await startSignIn(t)).url })
    const answer = await front.ask({ headers: [...roads.script.headers, fromApp, cookieOf('acme')], body: roads.script.body })
    t.equal(answer.status, 502)
    t.equal(asked, 1)
  })
}

const headersOf = ({ headers }: Road) => Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))

/** One request over a connection of HTTP/2. */
async function overHttp2 (t: Test, { port, cert }: Site['front'], headers: Record<string, string>, body: string) {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: cert, servername: HOST })
  t.teardown(() => session.destroy())
  const stream = session.request({ ':method': 'POST', ':path': '/vault-session', ':authority': `${HOST}:${port}`, ...headers })
  stream.end(body)
  const [answered] = await once(stream, 'response') as [{ ':status'?: number, location?: string }]
  await text(stream)
  session.close()
  return { status: answered[':status'], location: answered.location }
}

t.test('of all pairs of a caller and a consumer, the entitled ones reach Apideck', async (t) => {
  t.strictSame(pairs, { gateways: pairs.gateways, tried: 30 * pairs.gateways, reached: 16 * pairs.gateways })
})

t.test('envoy.yaml is YAML', async (t) => {
  t.ok(parse(readFileSync('docs/gateways/envoy.yaml', 'utf8')))
})
