import fc, { type Arbitrary } from 'fast-check'
import { NAME, VALUE } from './canaries.js'
import { fields, put, sessions, type Entry } from './sessions.js'
import { flags } from './session-rules.js'

const { constantFrom, oneof, tuple } = fc

type Session = Record<string, unknown>

/** A Session that does not fit the schema, and where it does not. */
export interface Mutant {
  session: Session
  pointer: string
}

const notText = [null, 0, 1.5, true, [], {}, [VALUE], { a: VALUE }]
const tooLong = (most: number) => ['x'.repeat(most + 1), '𝒳'.repeat(most + 1), `${VALUE}\0`, '\n', '\u007f', 'a\u0085b', 'x'.repeat(9_000)]
const notUrls = ['', VALUE, `http://${VALUE}.example/`, 'javascript:alert(1)', 'https://', `https://u:${VALUE}@x/`, 'https://x/ y', 'https://x/é', 'https://x\\y', `https://x/${'a'.repeat(2039)}`, ' https://x/', 'https://x/\n', 'HTTPS://x/', 'data:,x', '//x/', 'https://x/"', 'https://x:99999/', 'https://[/']
const notColours = ['', 'red', '#', '#12', '#12345', '#1234567', '#123456789', '#ggg', '123', '#123 ', '#123\n', VALUE]
const notLengths = ['', '0s', '00m', '01h', '8d', '2w', '169h', '10081m', '604801s', '1.5h', '-1h', '+1h', '1 h', '1H', 'h', '1', '1hh', ' 1h', '1h ', '1h\n', '１h', '1e3s', '0x1h', VALUE]
const notApis = ['', 'CRM', '1x', '-a', 'a_b', 'a b', 'a\n', 'é', `a${'b'.repeat(64)}`, VALUE.toUpperCase(), null, 1, {}, ['crm']]
const notFlags = [null, 0, 1, 'true', 'false', 'on', '', VALUE, [], {}, [true]]
const notActions = ['remove', 'Delete', 'delete ', '', null, 0, ['delete'], VALUE]

const nested = (depth: number) => Array.from({ length: depth }).reduce<unknown>((value) => ({ k: value }), VALUE)
const notFree = [null, 1, VALUE, [], [{}], true, nested(9), nested(40), { k: 2 ** 53 }, { k: -(2 ** 53) }, { k: [1e300] }, { ['k'.repeat(129)]: 1 }, { k: VALUE + 'y'.repeat(4096) },
  Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`k${i}`, 0])), { k: Array.from({ length: 256 }, () => 0) }]

/** What each field must not be. */
function wrongFor ([branch, name = branch]: readonly string[]): readonly unknown[] {
  if (name === undefined) return []
  if (flags.includes(name)) return notFlags
  switch (name) {
    case 'account_name': case 'user_name': case 'vault_name': return [...notText, ...tooLong(255)]
    case 'email': return [...notText, ...tooLong(254)]
    case 'redirect_uri': return [...notText, 'x'.repeat(2049)]
    case 'session_length': return [...notText, ...notLengths]
    case 'unified_apis': return [null, {}, 'crm', { 0: 'crm' }, Array.from({ length: 65 }, () => 'a'), ...notApis.map((item) => ['crm', item])]
    case 'allow_actions': return [null, {}, 'delete', Array.from({ length: 5 }, () => 'delete'), ...notActions.map((item) => [item])]
    case 'custom_consumer_settings': return notFree
  }
  return [...notText, ...(name.includes('color') ? notColours : notUrls)]
}

const wrongValue: Arbitrary<Entry> = oneof(...fields.map(([path]) => constantFrom(...wrongFor(path)).map((value): Entry => [path, value])))

const camelCase = (name: string) => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
const misspelt = (name: string) => [camelCase(name), name.toUpperCase(), name.replaceAll('_', '-'), `${name}s`, ` ${name}`].filter((other) => other !== name)

const otherName = oneof(
  constantFrom(NAME, `<${NAME}>&"'`, '', ' ', '~/', 'constructor', 'toString', 'hasOwnProperty', '0', 'x'.repeat(64), 'x'.repeat(65), '\0', '\ud800', '$ref', 'session'),
  ...fields.map(([path]) => constantFrom(...misspelt(path.at(-1) ?? '')))
)

/** A property that nobody knows, at the root or in a branch. */
const unknownProperty: Arbitrary<Entry> = tuple(constantFrom([], ['settings'], ['theme'], ['consumer_metadata']), otherName, constantFrom<unknown>(null, VALUE, true, {}, [])).map(
  ([branch, name, value]): Entry => [[...branch, name], value])

const wrongBranch: Arbitrary<Entry> = tuple(constantFrom('settings', 'theme', 'consumer_metadata'), constantFrom<unknown>(null, 0, true, VALUE, [], [{}])).map(
  ([name, value]): Entry => [[name], value])

/** Sessions with one fault each, whichever else is right with them. */
export const mutants: Arbitrary<Mutant> = tuple(sessions(false), oneof({ weight: 4, arbitrary: wrongValue }, { weight: 3, arbitrary: unknownProperty }, wrongBranch)).map(
  ([session, [path, value]]) => ({ session: put(session, [path, value]), pointer: pointerTo(path) }))

/** A longer name is not repeated: the fault is told at its parent. */
function pointerTo (path: readonly string[]): string {
  const last = path.at(-1) ?? ''
  return (last.length > 64 ? path.slice(0, -1) : path).map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
