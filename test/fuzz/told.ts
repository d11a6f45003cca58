import type { ServerResponse } from 'node:http'
import { API_KEY, TOKEN_END, UPSTREAM_WORDS } from './canaries.js'

/** One way in which an upstream fails: the code that must come of it, and what it does. */
interface Failure {
  code: string
  /** Calls that may come of one request. */
  most: number
  /** Whether it takes as long as a call may take. */
  isSlow?: boolean
  act: (response: ServerResponse) => void
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const TOKEN_HEAD = encode({ alg: 'HS256', typ: 'JWT' })

/** Start of 2027, in seconds and as the broker has to write it. */
const EXPIRY = 1_798_761_600
export const EXPIRES_AT = '2027-01-01T00:00:00.000Z'

/** The token of the n-th session. */
export function tokenOf (n: number): string {
  return `${TOKEN_HEAD}.${encode({ n, exp: EXPIRY })}.${TOKEN_END}`
}

export function uriOf (token: string): string {
  return `https://vault.apideck.com/session/${token}`
}

/** The answer that holds a session, or what is given in its place. */
export function minted (n: number, data: Record<string, unknown> = {}): string {
  const token = tokenOf(n)
  return JSON.stringify({ status_code: 200, status: 'OK', data: { session_uri: uriOf(token), session_token: token, ...data } })
}

const secrets = `${UPSTREAM_WORDS} Bearer ${API_KEY} ${uriOf(tokenOf(0))}`

const says = (status: number, body: string, headers: Record<string, string> = {}) => (response: ServerResponse): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': `x ${UPSTREAM_WORDS}`, 'set-cookie': `a=${UPSTREAM_WORDS}`, ...headers }).end(body)
}

const error = (status: number, members: Record<string, unknown> = {}) =>
  JSON.stringify({ status_code: status, error: secrets, type_name: 'RequestValidationError', message: secrets, detail: { [UPSTREAM_WORDS]: secrets, session_length: secrets }, ref: secrets, ...members })

/** A connection that was kept from earlier is replaced by a new one, and one retry goes over another. */
const WITH_RETRIES = 3

const bytes = (text: string) => (response: ServerResponse): void => { response.socket?.end(text) }

const status = (code: string, ...statuses: number[]): Array<[string, Failure]> => statuses.map((number) =>
  [String(number), { code, most: [502, 503, 504].includes(number) ? 2 : 1, act: says(number, error(number), { 'retry-after': '7' }) }])

const invalid = (name: string, act: Failure['act']): [string, Failure] => [name, { code: 'upstream_invalid_response', most: 1, act }]

const ways: ReadonlyMap<string, Failure> = new Map([
  ...status('session_rejected', 400, 422),
  ['400 about headers', { code: 'upstream_rejected', most: 1, act: says(400, error(400, { type_name: 'RequestHeadersValidationError' })) }],
  ['400 in HTML', { code: 'upstream_rejected', most: 1, act: says(400, `<h1>${secrets}</h1>`, { 'content-type': 'text/html' }) }],
  ...status('upstream_auth_failed', 401, 403),
  ...status('upstream_limit_reached', 402),
  ...status('upstream_rejected', 404, 405, 409, 413, 418, 451),
  ...status('upstream_rate_limited', 425, 429),
  ...status('upstream_timeout', 408, 504),
  ...status('upstream_unavailable', 503),
  ...status('upstream_error', 500, 501, 502, 599),
  ...status('upstream_invalid_response', 201, 202, 301, 302, 307),
  invalid('no JSON', says(200, secrets)),
  invalid('null', says(200, 'null')),
  invalid('no data', says(200, '{"data":{}}')),
  invalid('empty body', says(200, '')),
  invalid('no token', says(200, minted(0, { session_token: undefined }))),
  invalid('another host', says(200, minted(0, { session_uri: `https://evil.example/session/${UPSTREAM_WORDS}` }))),
  invalid('userinfo', says(200, minted(0, { session_uri: `https://${UPSTREAM_WORDS}@vault.apideck.com/` }))),
  invalid('http', says(200, minted(0, { session_uri: 'http://vault.apideck.com/session/x' }))),
  invalid('a header in the URI', says(200, minted(0, { session_uri: 'https://vault.apideck.com/\r\nSet-Cookie: a=b' }))),
  invalid('a URI beyond ASCII', says(200, minted(0, { session_uri: 'https://vault.apideck.com/é' }))),
  invalid('too long a URI', says(200, minted(0, { session_uri: `https://vault.apideck.com/${'x'.repeat(33_000)}` }))),
  invalid('a number for a token', says(200, minted(0, { session_token: 7 }))),
  invalid('too large', says(200, JSON.stringify({ pad: UPSTREAM_WORDS.repeat(40_000) }))),
  invalid('garbage', bytes(`${secrets}\r\n\r\n`)),
  invalid('a bomb of headers', bytes(`HTTP/1.1 200 OK\r\n${`x: ${UPSTREAM_WORDS.repeat(20)}\r\n`.repeat(120)}\r\n`)),
  ['reset', { code: 'upstream_unreachable', most: WITH_RETRIES, act: (response) => response.socket?.resetAndDestroy() }],
  ['closed', { code: 'upstream_unreachable', most: WITH_RETRIES, act: (response) => response.socket?.destroy() }],
  ['half a body', { code: 'upstream_unreachable', most: 1, act: bytes(`HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n${UPSTREAM_WORDS}`) }],
  ['silence', { code: 'upstream_timeout', most: 1, isSlow: true, act: () => {} }],
  ['half a head', { code: 'upstream_timeout', most: 1, isSlow: true, act: (response) => response.socket?.write('HTTP/1.1 200 OK\r\nx: y') }],
])

/** The names of the ways to fail. */
export const failures: readonly string[] = [...ways].filter(([, { isSlow }]) => isSlow !== true).map(([name]) => name)
export const slowFailures: readonly string[] = [...ways].filter(([, { isSlow }]) => isSlow === true).map(([name]) => name)

export function failureOf (name: string): Failure | undefined {
  return ways.get(name)
}
