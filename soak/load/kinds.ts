import { CANARY } from '../canaries.js'
import type { Outcome, Reach } from '../faults/fault.js'
import type { Random } from '../random.js'
import type { Callers } from './callers.js'

/** The frontend that the broker allows. */
export const ORIGIN = 'https://app.soak.example'

export const COOKIE = 'soak'

/** What a request is made of. */
interface Draft {
  method?: 'GET' | 'OPTIONS'
  path?: string
  headers?: Record<string, string>
  body?: string
}

/** One of the ways to ask, good or bad, and what becomes of it with nothing wrong. */
export interface Kind {
  name: string
  weight: number
  reach: Reach
  outcome: Outcome
  /** Leaves an audit event. */
  isAudited: boolean
  /** Leaves no line. */
  isQuiet?: boolean
  make: (caller: { consumer: string, token: string, expired: string }, id: string) => Draft
}

/** A request as it goes over the wire. */
export interface Prepared {
  kind: Kind
  id: string
  consumer: string
  bytes: string
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const session = (id: string, more: object = {}) => JSON.stringify({ theme: { vault_name: id }, custom_consumer_settings: { note: `${CANARY}-body` }, ...more })

const good = { reach: 'upstream', isAudited: true } as const
const bad = { reach: 'identity', isAudited: true, weight: 2 } as const
const early = { reach: 'headers', weight: 2 } as const

export const kinds: readonly Kind[] = [
  { name: 'a script', ...good, weight: 60, outcome: '200 ok', make: ({ token }, id) => ({ headers: { ...json, ...bearer(token), origin: ORIGIN, 'sec-fetch-mode': 'cors' }, body: session(id) }) },
  { name: 'a server', ...good, weight: 15, outcome: '200 ok', make: ({ token }, id) => ({ headers: { ...json, ...bearer(token) }, body: session(id, { redirect_uri: `${ORIGIN}/back` }) }) },
  { name: 'a script with a cookie', ...good, weight: 5, outcome: '200 ok', make: ({ token }, id) => ({ headers: { ...json, cookie: `other=${CANARY}-cookie; ${COOKIE}=${token}`, origin: ORIGIN, 'sec-fetch-mode': 'cors' }, body: session(id) }) },
  { name: 'a form', ...good, weight: 15, outcome: '302 ok', make: ({ token }, id) => ({ headers: { ...form, cookie: `${COOKIE}=${token}`, origin: ORIGIN, 'sec-fetch-mode': 'navigate' }, body: `theme%5Bvault_name%5D=${id}&settings%5Bunified_apis%5D%5B%5D=crm` }) },
  { name: 'an SDK', ...good, weight: 5, outcome: '200 ok', make: ({ token, consumer }, id) => ({ path: '/vault/sessions', headers: { ...json, ...bearer(token), cookie: '', 'x-apideck-app-id': 'any', 'x-apideck-consumer-id': consumer }, body: session(id, { settings: { show_logs: true, session_length: '1h' } }) }) },
  { name: 'a large Session', ...good, weight: 3, outcome: '200 ok', make: ({ token }, id) => ({ headers: { ...json, ...bearer(token) }, body: session(id, { custom_consumer_settings: Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`n${i}`, `${CANARY}-body `.repeat(250)])) }) }) },

  { name: 'an unknown property', ...bad, outcome: '400 invalid_request', make: ({ token }, id) => ({ headers: { ...json, ...bearer(token) }, body: session(id, { redirectUri: `${CANARY}-body` }) }) },
  { name: 'broken JSON', ...bad, outcome: '400 invalid_request', make: ({ token }) => ({ headers: { ...json, ...bearer(token) }, body: `{"${CANARY}-body":` }) },
  { name: 'another content type', ...bad, outcome: '415 unsupported_media_type', make: ({ token }) => ({ headers: { 'content-type': 'text/plain', ...bearer(token) }, body: `${CANARY}-body` }) },
  { name: 'too large a body', ...bad, outcome: '413 payload_too_large', make: ({ token }) => ({ headers: { ...json, ...bearer(token) }, body: `${CANARY}-body `.repeat(2_000) }) },
  { name: 'what policy forbids', ...bad, outcome: '422 policy_violation', make: ({ token }, id) => ({ headers: { ...json, ...bearer(token) }, body: session(id, { settings: { show_logs: false } }) }) },
  { name: 'a redirect elsewhere', ...bad, outcome: '422 redirect_uri_not_allowed', make: ({ token }, id) => ({ headers: { ...json, ...bearer(token) }, body: session(id, { redirect_uri: `https://evil.example/${CANARY}-body` }) }) },
  { name: "another's vault", ...bad, outcome: '403 consumer_not_allowed', make: ({ token }, id) => ({ headers: { ...json, ...bearer(token), 'x-apideck-consumer-id': 'somebody-else' }, body: session(id) }) },
  { name: 'a forged token', ...bad, outcome: '401 unauthenticated', make: ({ token }, id) => ({ headers: { ...json, ...bearer(forged(token)) }, body: session(id) }) },
  { name: 'an expired token', ...bad, outcome: '401 unauthenticated', make: ({ expired }, id) => ({ headers: { ...json, ...bearer(expired) }, body: session(id) }) },

  { name: 'nobody', ...early, isAudited: true, outcome: '401 unauthenticated', make: (_, id) => ({ headers: json, body: session(id) }) },
  { name: 'a page elsewhere', ...early, isAudited: true, outcome: '403 origin_not_allowed', make: ({ token }, id) => ({ headers: { ...json, ...bearer(token), origin: 'https://evil.example' }, body: session(id) }) },
  { name: 'an unknown path', ...early, isAudited: false, outcome: '404 not_found', make: ({ token }) => ({ method: 'GET', path: `/vault/${CANARY}-query?jwt=${CANARY}-query`, headers: bearer(token) }) },
  { name: 'another method', ...early, isAudited: false, outcome: '405 method_not_allowed', make: ({ token }) => ({ method: 'GET', path: `/vault-session?token=${CANARY}-query`, headers: bearer(token) }) },
  { name: 'a preflight', ...early, isAudited: false, outcome: '204 ok', make: () => ({ method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' } }) },
  { name: 'a liveness probe', ...early, reach: 'probe', isAudited: false, isQuiet: true, outcome: '200 ok', make: () => ({ method: 'GET', path: '/livez' }) },
  { name: 'a readiness probe', ...early, reach: 'probe', isAudited: false, isQuiet: true, outcome: '200 ok', make: () => ({ method: 'GET', path: '/readyz' }) },
]

const total = kinds.reduce((sum, { weight }) => sum + weight, 0)

/** Some request of some kind, by its weight, from some client behind the proxy that the load is. */
export function prepare (number: number, callers: Callers, random: Random): Prepared {
  let left = random.next() * total
  const kind = kinds.find(({ weight }) => (left -= weight) < 0) ?? kinds[0]
  if (kind === undefined) throw new Error('nothing to send')
  return prepareKind(kind, number, callers, random)
}

export function prepareKind (kind: Kind, number: number, callers: Callers, random: Random): Prepared {
  const id = `s-${number}`
  const { consumer, token } = callers.pick(random)
  const { method = 'POST', path = '/vault-session', headers = {}, body } = kind.make({ consumer, token, expired: callers.expired }, id)
  const all = {
    host: 'broker.soak.example',
    'x-request-id': id,
    'x-forwarded-for': `10.0.${Math.floor(random.next() * 256)}.${Math.floor(random.next() * 256)}`,
    'user-agent': `${CANARY}-header`,
    ...headers,
    ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return { kind, id, consumer, bytes: `${method} ${path} HTTP/1.1\r\n${head}\r\n${body ?? ''}` }
}

/** The same token, signed by nobody. */
function forged (token: string): string {
  const at = token.length - 40
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
}
