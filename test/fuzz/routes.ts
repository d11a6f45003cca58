import fc, { type Arbitrary } from 'fast-check'
import { VALUE } from './canaries.js'
import type { Ask, Expected, Setting } from './case.js'
import { admittedPages, isAdmitted, noise, pages, wishes } from './heads.js'
import { ALLOWED_ORIGIN, outcomeOf } from './outcome.js'
import { pageLines, post, readable, type Matter } from './requests.js'

const { constant, constantFrom, oneof, tuple } = fc

const empty = (setting: Setting): Matter => ({ kind: 'origin', body: '{}', contentType: 'application/json', expected: outcomeOf({}, 2, setting), isForm: false })

/** Pages of all kinds, which are admitted or not. */
export function fromPages (setting: Setting): Arbitrary<Ask> {
  return tuple(pages(setting), wishes(false), noise, constantFrom(...setting.credentials)).map(([page, wish, extra, credential]) => {
    const matter = empty(setting)
    const expected: Expected = isAdmitted(page, setting) ? matter.expected : { is: 'refused', codes: ['origin_not_allowed'] }
    return post({ matter: { ...matter, expected }, page, wish, lines: [...extra, ...credential] }, setting)
  })
}

/** Callers that are not known, or ask for another's vault; what they send is not looked at. */
export function fromStrangers (setting: Setting): Arbitrary<Ask> {
  const body = constantFrom('{}', '{', `{"${VALUE}":1}`, '')
  return tuple(admittedPages(setting), wishes(false), noise, constantFrom(...setting.badCredentials), body).map(([page, wish, extra, { lines, codes }, text]) =>
    // Without a credential nothing comes by itself, and so no proof of origin is asked for.
    post({ matter: { ...empty(setting), kind: 'stranger', body: text, expected: { is: 'refused', codes } }, page, wish, lines: [...extra, ...lines] }, setting))
}

const methods = constantFrom('GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'QUERY', 'M-SEARCH', 'LOCK', 'SOURCE')
const path = oneof(
  constantFrom('/', '/vault-session/', '//vault-session', '/VAULT-SESSION', '/%76ault-session', '/vault-session%2f', '/vault-session;a=b', '/./vault-session', '/a/../vault-session', '/vault-session/../vault-session', '/%', '/%ff', '/%00', '/*', '*', '/vault-session\\', '/__proto__', '/:id', '/livez/', '/openapi.json/x', '/..', `/${VALUE}`, `/${'a'.repeat(5_000)}`, '/vault-session#x', 'http://x/none', `http://${VALUE}/?a`, '/;', '/?', '/livezz', '/a b'.replace(' ', '+')),
  fc.stringMatching(/^\/[!-~]{0,20}$/)
)

/** Other methods and other paths. Nothing goes upstream, except where it is the route after all. */
export function elsewhere (setting: Setting): Arbitrary<Ask> {
  const target = oneof(
    tuple(methods, constantFrom('/vault-session', '/vault-session?a=b'), constant(['method_not_allowed', 'not_found'])),
    tuple(constantFrom('POST', 'DELETE', 'PUT'), constantFrom('/livez', '/readyz'), constant(['method_not_allowed'])),
    tuple(oneof(methods, constant('POST')), path, constant(undefined))
  )
  return tuple(target, admittedPages(setting), wishes(false), noise, constantFrom(...setting.credentials), constantFrom('', '{}', 'x')).map(
    ([[method, url, codes], page, wish, extra, credential, body]) => {
      const isQuiet = method === 'OPTIONS'
      const expected: Expected = codes === undefined || isQuiet ? { is: 'open' } : { is: 'refused', codes }
      const lines = [`Host: ${setting.host}`, ...pageLines(page), ...wish.lines, ...extra, ...credential, ...(body === '' ? [] : [`Content-Length: ${body.length}`])]
      return { kind: 'route', bytes: `${method} ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`, expected, shape: wish.shape, isHead: method === 'HEAD', ...readable(page) }
    })
}

/** The probes, and what browsers ask before they ask. */
export function probes (setting: Setting): Arbitrary<Ask> {
  const health = tuple(constantFrom('GET', 'HEAD'), constantFrom('/livez', '/readyz', '/livez?a')).map(([method, url]): Ask => (
    { kind: 'probe', bytes: `${method} ${url} HTTP/1.1\r\nHost: ${setting.host}\r\n\r\n`, expected: { is: 'open' }, shape: 'json', isHead: method === 'HEAD' }))
  const preflight = tuple(constantFrom(ALLOWED_ORIGIN, 'https://evil.example', 'null'), constantFrom('POST', 'GET', VALUE), constantFrom('content-type', VALUE, '')).map(([origin, method, headers]): Ask => ({
    kind: 'preflight',
    bytes: `OPTIONS /vault-session HTTP/1.1\r\nHost: ${setting.host}\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: ${method}\r\nAccess-Control-Request-Headers: ${headers}\r\nSec-Fetch-Mode: cors\r\n\r\n`,
    expected: origin === ALLOWED_ORIGIN ? { is: 'open' } : { is: 'refused', codes: ['origin_not_allowed'] },
    shape: 'json',
    isHead: false,
    ...readable({ origin, site: undefined }),
  }))
  return oneof(health, preflight)
}
