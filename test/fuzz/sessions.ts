import fc, { type Arbitrary } from 'fast-check'
import { NAME, VALUE } from './canaries.js'
import { allowedRedirectUris } from './outcome.js'
import { flags } from './session-rules.js'

/** A place in a Session, such as `['theme', 'logo']`, and what is put there. */
export type Entry = readonly [path: readonly string[], value: unknown]

type Session = Record<string, unknown>

const { constant, constantFrom, integer, oneof, tuple } = fc

/** `integer` twice as often at its ends. */
const length = (most: number) => oneof(integer({ min: 0, max: Math.min(most, 40) }), constantFrom(0, most))

const words = constantFrom('', 'SpaceX', 'Ünïcødé 北京', '👩‍🚀👩‍🚀', '<b>"&\'', '\ud800', '\u2028\u202e\ufeff', 'a&b=c+d%20[e]', '"}', '\\u0000', '$' + '{jndi:x}', ' ')

const anyText = fc.string({ unit: 'grapheme', maxLength: 20 }).map((any) => any.replaceAll(/\p{Cc}/gu, ''))

/** Text without control characters, of so many code points at most. */
const text = (most: number): Arbitrary<string> => oneof(
  words.map((word) => `${VALUE} ${word}`),
  anyText,
  tuple(length(most), constantFrom('x', 'é', '𝒳')).map(([n, character]) => character.repeat(n))
)

const url: Arbitrary<string> = oneof(
  tuple(constantFrom('', 'www.', 'a.b.', 'xn--bcher-kva.'), constantFrom('', ':8443', '/', '/a/b.png?c=d&e[]=%20#f', "/!$&'()*+,;=:@~-._")).map(([host, rest]) => `https://${host}${VALUE}.example${rest}`),
  constantFrom(`https://x/${'a'.repeat(2038)}`, 'https://127.0.0.1/', 'https://[::1]/', 'https://x')
)

const hex = constantFrom(...'0123456789abcdefABCDEF')
const colour = constantFrom(3, 4, 6, 8).chain((n) => fc.array(hex, { minLength: n, maxLength: n })).map((digits) => `#${digits.join('')}`)
const api = oneof(constantFrom('crm', 'file-storage', 'a', 'x1-', `a${'b'.repeat(63)}`), integer({ min: 0, max: 99 }).map((n) => `api-${n}`))
const sessionLength = oneof(constantFrom('1s', '604800s', '10080m', '168h', '7d', '1w', '30m', '1800s'), integer({ min: 1, max: 60 }).map((n) => `${n}m`))
const actions = fc.array(constantFrom('delete', 'disconnect', 'reauthorize', 'disable'), { maxLength: 4 })

/** A name that an object may have anywhere: none that objects inherit by. */
const key = oneof(
  constantFrom('a', NAME, 'A b', 'é', 'toString', 'constructor', '0', '', 'x'.repeat(128), '~/', '𝒳', 'a.b'),
  fc.string({ maxLength: 8 })
).filter((name) => name !== '__proto__')

const leaf: Arbitrary<unknown> = oneof(
  { weight: 4, arbitrary: oneof(words.map((word) => VALUE + word), fc.string({ unit: 'binary', maxLength: 12 })) },
  fc.boolean(), constant(null), fc.maxSafeInteger(), constantFrom(0, 2 ** 53 - 1, 1 - 2 ** 53, 0.1, -1e-7, 5e-324, 4503599627370495.5),
  constantFrom('y'.repeat(4096), '', '\0', '\u0085')
)

const entriesOf = <T>(value: Arbitrary<T>) => fc.array(tuple(key, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries))
const within = (inner: unknown, depth: number) => Array.from({ length: depth }).reduce((value, _, i) => i % 2 === 0 ? [value] : { k: value }, inner)

/** Objects of eight levels and 256 entries at most. */
const freeForm: Arbitrary<unknown> = oneof(
  { weight: 4, arbitrary: entriesOf(leaf) },
  entriesOf(oneof(leaf, entriesOf(leaf), fc.array(leaf, { maxLength: 4 }))),
  tuple(leaf, integer({ min: 0, max: 7 })).map(([value, depth]) => ({ k: within(value, depth) })),
  constantFrom(250, 255).map((n) => ({ k: Array.from({ length: n }, (_, i) => i) })),
  constantFrom(1, 256).map((n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, null])))
)

/** Each field, with values that it may have. */
export const fields: ReadonlyArray<readonly [path: readonly string[], valid: Arbitrary<unknown>]> = [
  [['consumer_metadata', 'account_name'], text(255)],
  [['consumer_metadata', 'user_name'], text(255)],
  [['consumer_metadata', 'email'], text(254)],
  [['consumer_metadata', 'image'], url],
  [['redirect_uri'], constantFrom(...allowedRedirectUris)],
  ...flags.map((name) => [['settings', name], fc.boolean()] as const),
  [['settings', 'unified_apis'], oneof(fc.array(api, { maxLength: 3 }), constant(Array.from({ length: 64 }, () => 'crm')))],
  [['settings', 'session_length'], sessionLength],
  [['settings', 'allow_actions'], actions],
  ...['favicon', 'logo', 'privacy_url', 'terms_url'].map((name) => [['theme', name], url] as const),
  ...['primary_color', 'sidepanel_background_color', 'sidepanel_text_color'].map((name) => [['theme', name], colour] as const),
  [['theme', 'vault_name'], text(255)],
  [['custom_consumer_settings'], freeForm],
]

const field: Arbitrary<Entry> = oneof(...fields.map(([path, valid]) => valid.map((value): Entry => [path, value])))
const emptyBranch: Arbitrary<Entry> = constantFrom('settings', 'theme', 'consumer_metadata').map((name) => [[name], undefined])
const entries = fc.array(oneof({ weight: 12, arbitrary: field }, emptyBranch), { maxLength: 6 })

/** Those that the policy of the configurations with one leaves to callers. */
const permitted = new Set(['redirect_uri', 'settings', 'custom_consumer_settings', 'theme.logo', 'theme.vault_name'])
const isPermitted = ([path]: Entry) => permitted.has(path[0] ?? '') || permitted.has(path.join('.'))

/** Sessions that fit the schema; with a policy, most of them fit that too. */
export function sessions (hasPolicy: boolean): Arbitrary<Session> {
  const mostly = tuple(entries, integer({ min: 0, max: 9 })).map(([all, n]) => hasPolicy && n > 1 ? all.filter(isPermitted) : all)
  return mostly.map((some) => some.reduce<Session>(put, {}))
}

/** A Session with a value put into a place; a branch without a value is made where there is none. */
export function put (session: Session, [[name = '', ...rest], value]: Entry): Session {
  const inner = session[name]
  const object = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner as Session : {}
  if (rest.length > 0) return { ...session, [name]: put(object, [rest, value]) }
  return { ...session, [name]: value === undefined ? object : value }
}
