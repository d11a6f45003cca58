import fc, { type Arbitrary } from 'fast-check'
import { NAME, VALUE } from './canaries.js'
import type { Setting, Shape } from './case.js'
import { ALLOWED_ORIGIN } from './outcome.js'

const { constant, constantFrom, integer, oneof, tuple } = fc

/** What a browser tells of the page that a request comes from. `undefined` is left out. */
export interface Page {
  origin: string | undefined
  site: string | undefined
}

/** Whether it is admitted, by the contract: its own page, one that is listed, or no browser. */
export function isAdmitted ({ origin, site }: Page, { host, needsProof }: Setting): boolean {
  if (origin === undefined) return site === 'same-origin' || (site !== 'cross-site' && site !== 'same-site' && !needsProof)
  return site === 'same-origin' || origin === ALLOWED_ORIGIN || (site === undefined && [`http://${host}`, `https://${host}`].includes(origin))
}

/** Pages of every kind. */
export const pages = ({ host }: Setting): Arbitrary<Page> => fc.record({
  origin: constantFrom(undefined, undefined, ALLOWED_ORIGIN, `http://${host}`, `https://${host}`, 'null', '', 'https://evil.example', `https://${VALUE}.example`, 'https://APP.example', `${ALLOWED_ORIGIN}/`, `${ALLOWED_ORIGIN}.evil.example`, `${ALLOWED_ORIGIN}:443`, `http://${host}@evil.example`, `http://${host}/`),
  site: constantFrom(undefined, undefined, 'same-origin', 'same-site', 'cross-site', 'none', '', VALUE, 'Same-Origin'),
})

/** Pages that are admitted, most of them none at all where the credential lets that pass. */
export function admittedPages (setting: Setting): Arbitrary<Page> {
  const plain: Page = setting.needsProof ? { origin: undefined, site: 'same-origin' } : { origin: undefined, site: undefined }
  return oneof({ weight: 4, arbitrary: constant(plain) }, pages(setting).map((page) => isAdmitted(page, setting) ? page : plain))
}

/** What decides the answer's shape, and the shape where that is plain to see. */
export interface Wish {
  lines: readonly string[]
  shape: Shape
}

const accepts: ReadonlyArray<readonly [string | undefined, Shape]> = [
  [undefined, 'json'], ['*/*', 'json'], ['application/json', 'json'], ['application/json, text/html', 'json'], ['application/json, text/html;q=0.5', 'json'], ['text/html;q=0.4, application/json;q=0.9', 'json'],
  ['text/html', 'page'], ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'page'], ['application/json;q=0.1, text/html', 'page'], ['image/png', 'json'], ['text/html;q=0', 'json'],
]
const anyAccept = oneof(constantFrom('', ',', ';q=', 'text/html;q=2', 'TEXT/HTML', 'text/*', '*/*;q=0', `${VALUE}/x`, 'text/html;a="b, application/json"', 'text/html,'.repeat(100)), fc.string({ maxLength: 20 }).map((text) => text.trim()))
const modes = constantFrom('navigate', 'cors', 'no-cors', 'same-origin', '', 'Navigate', VALUE)

export const wishes = (isForm: boolean): Arbitrary<Wish> => oneof(
  { weight: 5, arbitrary: constantFrom(...accepts).map(([accept, shape]) => ({ lines: accept === undefined ? [] : [`Accept: ${accept}`], shape: isForm ? 'page' as const : shape })) },
  { weight: 3, arbitrary: tuple(modes, constantFrom(...accepts)).map(([mode, [accept = '*/*']]) => ({ lines: [`Sec-Fetch-Mode: ${mode}`, `accept: ${accept}`], shape: mode === 'navigate' ? 'page' as const : 'json' as const })) },
  { weight: 1, arbitrary: anyAccept.map((accept) => ({ lines: [`ACCEPT: ${accept}`], shape: isForm ? 'page' as const : 'any' as const })) }
)

const legal = oneof(
  constantFrom('', VALUE, `${VALUE}; a=b, c`, '\xff\x80', `${VALUE}\ttab`, 'x'.repeat(900), '() { :;};', '%0d%0aSet-Cookie:a=b', '"', "'", '../..', '127.0.0.1', '::1', '1.2.3.4, 5.6.7.8', 'for=_x;proto=https', '0'),
  fc.array(integer({ min: 0, max: 190 }).map((n) => n < 94 ? n + 0x21 : n + 0x41 - 1), { maxLength: 12 }).map((codes) => String.fromCharCode(...codes))
)

const harmless = oneof(
  constantFrom('X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'Forwarded', 'Via', 'Cookie', 'Referer', 'User-Agent', 'X-Request-Id', 'x-request-id', 'X-HTTP-Method-Override', 'If-None-Match', 'Range', 'Accept-Language', 'Accept-Encoding', 'Sec-Fetch-Dest', 'Sec-Fetch-User', 'X-Apideck-App-Id', 'X-Apideck-Consumer_Id', 'X_Request_Id', 'Priority', 'Max-Forwards', '__proto__', 'constructor', "!#$%&'*+.^`|~1"),
  fc.stringMatching(/^x-[a-z0-9_]{1,12}$/)
)

/** Headers that change nothing, whatever they say. */
export const noise: Arbitrary<readonly string[]> = oneof(
  { weight: 3, arbitrary: constant([]) },
  { weight: 2, arbitrary: fc.array(tuple(harmless, legal, constantFrom('', ' ', '  ', '\t')).map(([name, value, space]) => `${name}:${space}${/request.id/i.test(name) ? value.replaceAll(VALUE, 'given-id') : value}`), { maxLength: 5 }) },
  { weight: 1, arbitrary: constantFrom([`Authorization_: ${VALUE}`, `${NAME}: 1`], Array.from({ length: 80 }, (_, i) => `x-${i}: ${i}`), [`X-Long: ${'x'.repeat(6_000)}`], ['Expect: 100-continue'], [`Expect: ${VALUE}`], ['TE: trailers'], ['Keep-Alive: timeout=1']) }
)
