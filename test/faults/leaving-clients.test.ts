import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import { startBroker } from '../helpers/broker.js'
import { GATEWAY_SECRET, HOST, caddy, nginx, startGateway } from '../helpers/gateway.js'
import { startIssuer } from '../helpers/issuer.js'
import { without } from '../helpers/programs.js'
import { startRedis } from '../helpers/redis.js'
import { startSignIn } from '../helpers/sign-in.js'
import { heldUpstream, httpUpstream, mint } from '../helpers/upstream.js'
import { closed, dial } from '../helpers/wire.js'

/*
 * Clients that leave before they have their answer. Whatever is under way for them ends, and with it the call upstream,
 * within a second; the request leaves one line and one event that say so.
 */

const WITHIN_MS = 1_000

const HEAD = 'POST /vault-session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
const REQUEST = `${HEAD}Content-Length: 2\r\n\r\n{}`

/** Ways to leave. Who closes its own side alone has left, too: nobody can tell the one from the other in time. */
const ways: Array<[how: string, leave: (client: Socket) => void]> = [
  ['closes', (client) => client.destroy()],
  ['resets', (client) => client.resetAndDestroy()],
  ['closes its own side', (client) => client.end()],
]

type Broker = Awaited<ReturnType<typeof startBroker>>

/** The requests' lines and the audit events, as soon as there are so many of each. */
async function told (broker: Broker, count = 1) {
  const find = (what: RegExp) => broker.log().filter(({ msg }) => what.test(String(msg)))
  const [lines, events] = [() => find(/^request /), () => find(/^audit$/)]
  while (lines().length < count || events().length < count) await broker.nextLine()
  return { lines: lines(), events: events() }
}

const abandoned = { level: 'info', msg: 'request abandoned by the client', route: '/vault-session', address: '127.0.0.1', status: undefined }
const abandonedEvent = { event: 'session_abandoned', address: '127.0.0.1', status: undefined }

/** Milliseconds until the upstream's side of a call is closed. */
async function untilCancelled (response: ServerResponse): Promise<number> {
  const started = performance.now()
  await once(response, 'close', { signal: AbortSignal.timeout(10 * WITHIN_MS) })
  return performance.now() - started
}

for (const [how, leave] of ways) {
  for (const [when, begin] of [
    ['Apideck has not answered', () => {}],
    ['Apideck is in the middle of its answer', (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 }).write('{')
    }],
  ] as const) {
    t.test(`a client that ${how} while ${when} takes its call with it`, async (t) => {
      const upstream = await heldUpstream(t)
      const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, UPSTREAM_CONNECTIONS: '1' })
      const client = dial(broker.url)
      client.write(REQUEST)
      const response = await upstream.next()
      begin(response)
      const cancelled = untilCancelled(response)
      leave(client)
      const ms = await cancelled
      t.ok(ms < WITHIN_MS, `after ${Math.round(ms)} ms`)
      const { lines, events } = await told(broker)
      t.match(lines, [abandoned])
      t.match(events, [{ ...abandonedEvent, request_id: lines[0]?.['request_id'] }])

      const next = broker.send()
      const another = await upstream.next()
      mint(another.req, another)
      t.equal((await next).status, 200, 'its place is free')
      client.destroy()
    })
  }

  t.test(`a client that ${how} in the middle of its body causes no call`, async (t) => {
    const upstream = await httpUpstream(t)
    const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url })
    const client = dial(broker.url)
    const begun = once(broker.app.server, 'request')
    client.write(`${HEAD}Content-Length: 9\r\n\r\n{`)
    await begun
    leave(client)
    const { lines, events } = await told(broker)
    t.match(lines, [abandoned])
    t.match(events, [{ ...abandonedEvent, request_id: lines[0]?.['request_id'] }])
    t.strictSame(upstream.received, [])
    client.destroy()
  })

  t.test(`a client that ${how} while the issuer's keys are fetched causes no call`, async (t) => {
    const upstream = await httpUpstream(t)
    const issuer = await startIssuer(t)
    const held = new Promise<ServerResponse>((resolve) => {
      issuer.answer((_request, response) => {
        issuer.answer(undefined)
        resolve(response)
      })
    })
    const broker = await startBroker(t, { ...issuer.variables, APIDECK_BASE_URL: upstream.url })
    const authorization = `Bearer ${await issuer.sign()}`
    const discovery = await held
    const client = dial(broker.url)
    const begun = once(broker.app.server, 'request')
    client.write(`${HEAD}Authorization: ${authorization}\r\nContent-Length: 2\r\n\r\n{}`)
    await begun
    leave(client)
    const { lines, events } = await told(broker)
    t.match(lines, [abandoned])
    t.match(events, [abandonedEvent])

    discovery.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` }))
    t.equal((await broker.postJson({}, { authorization })).status, 200)
    t.equal(upstream.received.length, 1, 'no call but for who stayed')
    client.destroy()
  })

  t.test(`a client that ${how} behind requests in a row takes all their calls with it`, async (t) => {
    const upstream = await heldUpstream(t)
    const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url })
    const client = dial(broker.url)
    client.write(REQUEST.repeat(3))
    const cancelled = [await upstream.next(), await upstream.next(), await upstream.next()].map(untilCancelled)
    leave(client)
    for (const ms of await Promise.all(cancelled)) t.ok(ms < WITHIN_MS, `after ${Math.round(ms)} ms`)
    const { lines, events } = await told(broker, 3)
    t.match(lines, [abandoned, abandoned, abandoned])
    t.match(events, [abandonedEvent, abandonedEvent, abandonedEvent])
    t.equal(new Set(events.map((event) => event['request_id'])).size, 3)
    client.destroy()
  })
}

t.test('a client that leaves while Redis does not answer causes no call', { skip: without('redis-server') }, async (t) => {
  const upstream = await httpUpstream(t)
  const redis = await startRedis(t)
  const broker = await startBroker(t, { APIDECK_BASE_URL: upstream.url, REDIS_URL: redis.url })
  t.equal((await broker.send()).status, 200)
  redis.freeze()
  t.teardown(redis.thaw)
  const client = dial(broker.url)
  const begun = once(broker.app.server, 'request')
  client.write(REQUEST)
  await begun
  client.destroy()
  const { lines, events } = await told(broker, 2)
  t.match(lines[1], abandoned)
  t.match(events[1], abandonedEvent)
  // Redis is given up for the next one as it was for the first, which is therefore over.
  t.equal((await broker.send()).status, 200)
  t.equal(upstream.received.length, 2)
})

t.test('a client that leaves in the middle of its headers leaves no trace of a request for a session', async (t) => {
  const broker = await startBroker(t)
  for (const [, leave] of ways) {
    const client = dial(broker.url)
    const accepted = once(broker.app.server, 'connection')
    client.write(HEAD)
    const [socket] = await accepted as [Socket]
    leave(client)
    await closed(socket)
    client.destroy()
  }
  t.notMatch(broker.output(), /"msg":"(?:audit|request (?:abandoned|completed))/)
})

for (const gateway of [nginx, caddy]) {
  t.test(`behind ${gateway.program} a client that leaves takes its call with it`, { skip: without(gateway.program) }, async (t) => {
    const upstream = await heldUpstream(t)
    const signIn = await startSignIn(t)
    const broker = await startBroker(t, {
      IDENTITY: 'gateway', APIDECK_CONSUMER_ID: '', GATEWAY_SECRET, TRUSTED_PROXIES: '127.0.0.1', ALLOWED_ORIGINS: 'https://app.example.com', APIDECK_BASE_URL: upstream.url,
    })
    const front = await startGateway(t, gateway, { broker: broker.url, signIn: signIn.url })
    const client = connectTls({ host: '127.0.0.1', port: front.port, servername: HOST, ca: front.cert, ALPNProtocols: ['http/1.1'] })
    client.write(`POST /vault-session HTTP/1.1\r\nHost: ${HOST}\r\nOrigin: https://app.example.com\r\nCookie: session=canary-of-acme\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`)
    const cancelled = untilCancelled(await upstream.next())
    client.destroy()
    const ms = await cancelled
    t.ok(ms < WITHIN_MS, `after ${Math.round(ms)} ms`)
    const { lines, events } = await told(broker)
    t.match(lines, [abandoned])
    t.match(events, [{ ...abandonedEvent, consumer_id: 'acme' }])
  })
}
