import { isDeepStrictEqual } from 'node:util'
import type { Answer } from './answer.js'
import { isUuid } from './broker.js'
import { inAnswer } from './canaries.js'
import { hold, type Ask, type Setting } from './case.js'
import { statuses } from './catalogue.js'
import { EXPIRES_AT, tokenOf, uriOf } from './told.js'

const CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const VARY = ['accept', 'content-type', 'sec-fetch-mode', 'x-apideck-app-id', 'origin', 'sec-fetch-site']
const NEVER = ['set-cookie', 'server', 'x-powered-by', 'transfer-encoding', 'trailer', 'upgrade']
const TAGS = /<(?!\/?(?:html|meta|title|style|main|h1|p|ul|li|code|footer)\b|!doctype html>)/i
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/

/** What an answer says: of which session it is, or which error. */
export type Verdict = { session: number } | { code: string, pointers: readonly string[] } | { other: number }

/**
 * Holds an answer to what all of them promise, whatever the request was.
 *
 * @throws Fault
 */
export function judge (answer: Answer, ask: Ask, setting: Setting): Verdict {
  const { status, headers, body } = answer
  for (const [name, value] of [['cache-control', 'no-store'], ['x-content-type-options', 'nosniff'], ['referrer-policy', 'no-referrer']] as const) {
    hold(headers.get(name) === value, `${name} is ${value}, not ${headers.get(name)}`)
  }
  hold(headers.get('content-security-policy')?.startsWith(CLOSED) === true, 'the policy for content is closed')
  const vary = (headers.get('vary') ?? '').toLowerCase().split(/, */)
  hold(VARY.every((name) => vary.includes(name)), `Vary names what the answer depends on: ${vary.join()}`)
  for (const name of NEVER) hold(!headers.has(name), `there is no ${name}`)
  const id = headers.get('x-request-id') ?? ''
  hold(isUuid(id) || (setting.isTrusted && ask.bytes.includes(id)), `the request ID is a new one: ${id}`)
  const reader = headers.get('access-control-allow-origin')
  hold(reader === undefined || reader === ask.origin, `no other page may read it: ${reader}`)
  // What is not well-formed HTTP is refused before anybody asks which page it comes from.
  const isUnread = ask.expected.is === 'open' && status === 400 && answer.closes
  if (ask.shape !== 'any' && !isUnread) hold(reader === ask.origin, 'the page that is allowed may read it')

  if (status === 200 && headers.get('content-type')?.startsWith('application/json') === true && !ask.isHead && body.includes('session_token')) return { session: ask.shape === 'apideck' ? inEnvelope(body) : inJson(body) }
  if (status === 302) {
    hold(ask.shape !== 'apideck', 'an SDK is not redirected')
    return { session: inLocation(answer) }
  }
  const leaked = inAnswer(JSON.stringify([...headers.values()]) + body)
  hold(leaked === undefined, `an answer holds ${leaked}: ${body.slice(0, 300)}`)
  if (status < 400) {
    hold(status === 200 || status === 204, `the status is one that the broker has: ${status}`)
    if (!ask.isHead) hold(body === (status === 204 ? '' : '{"status":"ok"}'), `it says no more than it has to: ${body.slice(0, 100)}`)
    return { other: status }
  }
  const verdict = verdictIn(answer, ask, id)
  hold(verdict.code === '' || statuses.get(verdict.code) === status, `${verdict.code} goes with ${status}`)
  const needed = status === 401 ? 'www-authenticate' : status === 405 ? 'allow' : status === 429 || (status === 503 && verdict.code !== 'upstream_limit_reached') ? 'retry-after' : 'date'
  hold(headers.has(needed) || needed === 'date', `a ${status} has ${needed}`)
  return verdict
}

function verdictIn (answer: Answer, ask: Ask, id: string): Refusal {
  const contentType = answer.headers.get('content-type')
  if (contentType?.startsWith('text/html') === true) return inPage(answer, ask, id)
  return contentType?.startsWith('application/json') === true ? inApideckError(answer, ask, id) : inProblem(answer, ask, id)
}

/** As Apideck answers, with nothing more than that. */
function inEnvelope (body: string): number {
  const { data, ...rest } = JSON.parse(body) as { data: Record<string, unknown> }
  const n = numberIn(String(data['session_token']))
  hold(isDeepStrictEqual([rest, data], [{ status_code: 200, status: 'OK' }, { session_uri: uriOf(tokenOf(n)), session_token: tokenOf(n) }]), `a session is passed on as it is: ${body.slice(0, 500)}`)
  return n
}

function inJson (body: string): number {
  const { session_token: token, session_uri: uri, expires_at: expiresAt, ...more } = JSON.parse(body) as Record<string, unknown>
  const n = numberIn(String(token))
  hold(isDeepStrictEqual([uri, expiresAt, Object.keys(more)], [uriOf(tokenOf(n)), EXPIRES_AT, []]), `a session is passed on as it is: ${body.slice(0, 500)}`)
  return n
}

function inLocation ({ headers, body }: Answer): number {
  const location = headers.get('location') ?? ''
  const n = numberIn(location.replace('https://vault.apideck.com/session/', ''))
  hold(body === '' && location === uriOf(tokenOf(n)), `a redirect goes to the session and nowhere else: ${location}`)
  return n
}

function numberIn (token: string): number {
  const n = /^\{"n":(\d+),/.exec(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))?.[1]
  hold(n !== undefined && token === tokenOf(Number(n)), `a token is one that was minted: ${token.slice(0, 200)}`)
  return Number(n)
}

type Refusal = { code: string, pointers: readonly string[] }

function inPage ({ headers, body }: Answer, ask: Ask, id: string): Refusal {
  hold(ask.shape !== 'json' && ask.shape !== 'apideck', 'a program gets no page')
  hold(headers.get('content-type') === 'text/html; charset=utf-8', 'a page is UTF-8')
  if (ask.isHead) return { code: '', pointers: [] }
  hold(body.startsWith('<!doctype html>\n') && body.endsWith('</html>\n') && !TAGS.test(body), `a page is well-formed: ${body.slice(0, 300)}`)
  const [, code = '', shown] = /<footer>Code <code>(\w+)<\/code>, request <code>([^<]+)<\/code>/.exec(body) ?? []
  hold(code !== '' && shown === id, 'a page tells its code and the request')
  return { code, pointers: [...body.matchAll(/<li><code>([^<]*)<\/code>/g)].map(([, pointer = '']) => unescape(pointer)) }
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
const unescape = (text: string) => text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? '')

function inProblem ({ status, headers, body }: Answer, ask: Ask, id: string): Refusal {
  hold(ask.shape !== 'page' && ask.shape !== 'apideck', 'a navigation gets a page, and an SDK what Apideck would say')
  hold(/^application\/problem\+json(?:; charset=utf-8)?$/.test(headers.get('content-type') ?? ''), `a problem says that it is one: ${headers.get('content-type')}`)
  if (ask.isHead) return { code: '', pointers: [] }
  const { type, title, status: said, detail, code, request_id: requestId, errors = [], ...more } = JSON.parse(body) as Record<string, unknown>
  hold(isDeepStrictEqual([type, said, requestId, Object.keys(more)], [`urn:vault-session-broker:problem:${String(code)}`, status, id, []]), `a problem has its shape: ${body.slice(0, 500)}`)
  hold([title, detail].every((words) => typeof words === 'string' && words !== ''), 'a problem says what it is')
  return { code: String(code), pointers: pointersIn(errors) }
}

/** To an SDK; or to one that asks, by its header, for what is not there. */
function inApideckError ({ status, body }: Answer, ask: Ask, id: string): Refusal {
  hold(ask.shape === 'apideck' || (ask.kind === 'route' && /^x-apideck-app-id:/im.test(ask.bytes) && [400, 404, 405].includes(status)), 'who is no SDK gets a problem')
  if (ask.isHead) return { code: '', pointers: [] }
  const { status_code: said, error, type_name: typeName, message, detail, ref, ...more } = JSON.parse(body) as Record<string, unknown>
  const { code, request_id: requestId, errors = [], ...evenMore } = detail as Record<string, unknown>
  hold(isDeepStrictEqual([said, requestId, ref, more, evenMore], [status, id, `/openapi.json#/components/examples/${String(code)}`, {}, {}]), `an error has Apideck's shape: ${body.slice(0, 500)}`)
  hold([error, typeName, message].every((words) => typeof words === 'string' && words !== ''), 'an error says what it is')
  return { code: String(code), pointers: pointersIn(errors) }
}

function pointersIn (errors: unknown): string[] {
  hold(Array.isArray(errors) && errors.length <= 20, 'faults are a list, of twenty at most')
  return (errors as Array<Record<string, unknown>>).map(({ pointer, message, ...rest }) => {
    hold(typeof pointer === 'string' && POINTER.test(pointer) && typeof message === 'string' && Object.keys(rest).length === 0, `a fault is a JSON Pointer and words: ${JSON.stringify(errors).slice(0, 500)}`)
    return pointer
  })
}

/** Whether a fault is told at a place, or within it. A page is UTF-8, which has no halves of characters. */
export function isAt (pointer: string, place: string): boolean {
  const [one, other] = [pointer, place].map((text) => Buffer.from(text, 'utf8').toString('utf8'))
  return one === other || one?.startsWith(`${other}/`) === true
}
