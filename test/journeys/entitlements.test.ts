import t from 'tap'
import { startBroker, type Answer } from '../helpers/broker.js'
import { startIssuer } from '../helpers/issuer.js'
import { httpUpstream } from '../helpers/upstream.js'

/*
 * Every caller × every consumer, with and without the header that chooses, over both roads and all identities. What a
 * caller is entitled to is said once, in the table of callers; every other pair must reach nobody's vault.
 */

const app = 'https://app.acme.com'
const secret = 'gateway-secret-1'
const upstream = await httpUpstream(t)
const issuer = await startIssuer(t)
const stranger = await startIssuer(t)
const common = { APIDECK_BASE_URL: upstream.url, ALLOWED_ORIGINS: app, RATE_LIMIT_MAX: '1000000', LOG_LEVEL: 'silent' }

const brokers = {
  jwt: await startBroker(t, { ...common, ...issuer.variables, JWT_CONSUMER_CLAIM: 'org.id', JWT_COOKIE: 'session', JWT_HEADER: 'x-token' }),
  gateway: await startBroker(t, { ...common, IDENTITY: 'gateway', APIDECK_CONSUMER_ID: '', GATEWAY_SECRET: secret, TRUSTED_PROXIES: '127.0.0.1' }),
  untrusting: await startBroker(t, { ...common, IDENTITY: 'gateway', APIDECK_CONSUMER_ID: '', GATEWAY_SECRET: secret, TRUSTED_PROXIES: '10.0.0.1' }),
  static: await startBroker(t, common),
}

interface Caller {
  who: string
  by: keyof typeof brokers
  headers: Record<string, string>
  entitledTo: string[]
}

const token = (id: unknown, claims = {}) => issuer.sign({ org: { id }, ...claims })
const past = Math.floor(Date.now() / 1000) - 60

/** A token in each place that it can come in, with all that the others' headers could claim beside it. */
async function holders (who: string, entitledTo: string[], value: string): Promise<Caller[]> {
  const claims = { 'x-consumer-id': 'globex', 'x-gateway-secret': secret }
  return [
    { who: `${who}, in Authorization`, by: 'jwt', headers: { authorization: `Bearer ${value}`, ...claims }, entitledTo },
    { who: `${who}, in the header`, by: 'jwt', headers: { 'x-token': value, ...claims }, entitledTo },
    { who: `${who}, in the cookie`, by: 'jwt', headers: { cookie: `session=${value}`, ...claims }, entitledTo },
    { who: `${who}, in a cookie behind a bad Authorization`, by: 'jwt', headers: { authorization: 'Bearer x', cookie: `session=${value}` }, entitledTo: [] },
  ]
}

const callers: Caller[] = [
  ...await holders('ada of acme', ['acme'], await token('acme')),
  ...await holders('ben of globex', ['globex'], await token('globex')),
  ...await holders('cleo of both', ['acme', 'globex'], await token(['acme', 'globex'])),
  ...await holders('dan of nobody', [], await token([])),
  ...await holders('eve whose token has expired', [], await token('acme', { exp: past })),
  ...await holders('frank whose token is for another', [], await token('acme', { aud: 'another' })),
  ...await holders('grace whose issuer is a stranger', [], await stranger.sign({ iss: issuer.url, org: { id: 'acme' } })),
  ...await holders('heidi whose consumer is none', [], await token('ac me')),
  { who: 'nobody', by: 'jwt', headers: { 'x-consumer-id': 'acme' }, entitledTo: [] },

  { who: 'a user of acme', by: 'gateway', headers: { 'x-consumer-id': 'acme', 'x-gateway-secret': secret }, entitledTo: ['acme'] },
  { who: 'a user of globex', by: 'gateway', headers: { 'x-consumer-id': 'globex', 'x-gateway-secret': secret, authorization: `Bearer ${await token('acme')}` }, entitledTo: ['globex'] },
  { who: 'a user of acme who names another too', by: 'gateway', headers: { 'x-consumer-id': 'acme, globex', 'x-gateway-secret': secret }, entitledTo: [] },
  { who: 'a user of acme with a twin header', by: 'gateway', headers: { 'x-consumer-id': 'acme', x_consumer_id: 'globex', 'x-gateway-secret': secret }, entitledTo: [] },
  { who: 'a user of nobody', by: 'gateway', headers: { 'x-consumer-id': '', 'x-gateway-secret': secret }, entitledTo: [] },
  { who: 'who does not know the secret', by: 'gateway', headers: { 'x-consumer-id': 'acme', 'x-gateway-secret': 'gateway-secret-2' }, entitledTo: [] },
  { who: 'who knows no secret', by: 'gateway', headers: { 'x-consumer-id': 'acme' }, entitledTo: [] },
  { who: 'who says that it is forwarded', by: 'untrusting', headers: { 'x-consumer-id': 'acme', 'x-gateway-secret': secret, 'x-forwarded-for': '10.0.0.1' }, entitledTo: [] },

  { who: 'anybody', by: 'static', headers: {}, entitledTo: ['acme'] },
  { who: 'anybody with claims of globex', by: 'static', headers: { authorization: `Bearer ${await token('globex')}`, 'x-consumer-id': 'globex', 'x-gateway-secret': secret }, entitledTo: ['acme'] },
]

const choices = [undefined, 'acme', 'globex', 'initech', 'ACME', '', 'acme, globex', '*']
const roads = ['script', 'form'] as const

/** Whose vault that is, by the rule: the one that is chosen, or the only one; nobody's for any other choice. */
function rightful (entitledTo: string[], choice: string | undefined): string | undefined {
  if (choice !== undefined) return entitledTo.find((id) => id === choice)
  return entitledTo.length === 1 ? entitledTo[0] : undefined
}

async function ask ({ by, headers }: Caller, choice: string | undefined, road: typeof roads[number]): Promise<Answer> {
  const all = { origin: app, ...headers, ...(choice === undefined ? {} : { 'x-apideck-consumer-id': choice }) }
  // What a body says of a consumer is no choice either.
  return road === 'script' ? await brokers[by].postJson({ custom_consumer_settings: { consumer_id: 'globex' } }, all) : await brokers[by].postForm('', all)
}

const counts = { tried: 0, entitled: 0, minted: 0 }

for (const caller of callers) {
  t.test(`${caller.who} (${caller.by}) opens ${caller.entitledTo.length === 0 ? 'no vault' : `what ${caller.entitledTo.join(' and ')} has, and no other`}`, async (t) => {
    for (const choice of choices) {
      for (const road of roads) {
        const before = upstream.received.length
        const answer = await ask(caller, choice, road)
        const reached = upstream.received.slice(before).map(({ headers }) => headers.find(([name]) => name.toLowerCase() === 'x-apideck-consumer-id')?.[1])
        const owner = rightful(caller.entitledTo, choice)
        counts.tried++
        if (owner !== undefined) counts.entitled++
        counts.minted += reached.length
        t.strictSame(reached, owner === undefined ? [] : [owner], `${String(choice)} by ${road}`)
        t.ok(owner === undefined ? [400, 401, 403].includes(answer.status) : [200, 302].includes(answer.status), `${answer.status}`)
      }
    }
  })
}

t.test('as many sessions were minted as pairs are entitled, and each kind was tried', async (t) => {
  t.equal(counts.tried, callers.length * choices.length * roads.length)
  t.equal(counts.minted, counts.entitled)
  t.ok(counts.entitled > 30 && counts.tried - counts.entitled > 500, JSON.stringify(counts))
})
