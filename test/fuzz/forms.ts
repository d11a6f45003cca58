import fc, { type Arbitrary } from 'fast-check'
import { NAME, VALUE } from './canaries.js'
import { sessions } from './sessions.js'
import { isPlain } from './session-rules.js'

const { constantFrom, integer, oneof, tuple } = fc

type Session = Record<string, unknown>

/** A Session, and a form that says the same. */
export interface Form {
  session: Session
  text: string
}

type Field = [name: readonly string[], value: string]

/** The fields of a form for a Session; what no form can say is left out. */
function fieldsOf (value: unknown, path: readonly string[], isIndexed: boolean): Field[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [[[...path, ''], '']]
    return value.map((item: unknown, i): Field => [[...path, isIndexed ? String(i) : ''], String(item)])
  }
  if (isPlain(value)) return Object.entries(value).flatMap(([name, member]) => fieldsOf(member, [...path, name], isIndexed))
  return [[path, String(value)]]
}

/** A Session as far as a form can say it. */
function sayable (session: Session): Session {
  const { custom_consumer_settings: free, ...rest } = session
  const kept = Object.entries(rest).filter(([, value]) => !isPlain(value) || Object.keys(value).length > 0)
  const texts = isPlain(free) ? Object.entries(free).filter(([name, value]) => typeof value === 'string' && /^[a-z][\w -]*$/i.test(name) && !/^(?:constructor|prototype)$/.test(name)) : []
  return wellFormed({ ...Object.fromEntries(kept), ...(texts.length === 0 ? {} : { custom_consumer_settings: Object.fromEntries(texts) }) }) as Session
}

/** Without halves of characters, which no form can hold. */
function wellFormed (value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/\\ud[89a-f]../g, '?'))
}

interface Style { isIndexed: boolean, plus: boolean, raw: boolean, turn: number }

const style: Arbitrary<Style> = fc.record({ isIndexed: fc.boolean(), plus: fc.boolean(), raw: fc.boolean(), turn: integer({ min: 0, max: 5 }) })

function encode (text: string, { plus, raw }: Style): string {
  const encoded = encodeURIComponent(text)
  const spaced = plus ? encoded.replaceAll('%20', '+') : encoded
  return raw ? spaced.replaceAll(/%(?:5B|5D|3A|2F|40)/g, decodeURIComponent) : spaced.replaceAll(/%../g, (code) => code.toLowerCase())
}

/** Forms that say a Session. */
export const forms = (hasPolicy: boolean): Arbitrary<Form> => tuple(sessions(hasPolicy), style).map(([given, how]) => {
  const session = sayable(given)
  const parts = fieldsOf(session, [], how.isIndexed).map(([[name = '', ...brackets], value]) =>
    `${encode(name + brackets.map((bracket) => `[${bracket}]`).join(''), how)}=${encode(value, how).replaceAll('&', '%26')}`)
  // Browsers keep the order of a page; any other says the same where it leaves arrays as they are.
  const turned = how.turn % 2 === 0 ? parts : [...parts.filter((part) => !isArray(part)).reverse(), ...parts.filter(isArray)]
  return { session, text: turned.join('&') }
})

const isArray = (part: string) => /^settings(?:\[|%5b)(?:unified_apis|allow_actions)/i.test(part)

/** What is no form, or none of a Session. */
export const brokenForms: Arbitrary<string> = constantFrom(
  'theme[vault_name]=%', 'theme[vault_name]=%ff', 'theme[vault_name]=%e2%28', '%=1', 'theme%=1', 'theme[__proto__]=1', '__proto__[a]=1', 'custom_consumer_settings[constructor]=1', 'a[prototype][b]=1',
  'theme[vault_name=1', 'theme]vault_name[=1', 'theme[vault_name]x=1', '[theme]=1', 'theme[a[b]]=1', '=1', 'theme[vault_name]=a&theme[vault_name]=b', 'settings[show_logs]=1', 'settings[show_logs]=TRUE',
  `settings[show_logs]=${VALUE}`, 'settings=1', 'theme[]=1', `${NAME}=${VALUE}`, `theme[${NAME}]=${VALUE}`, 'redirectUri=https://app.example', 'settings[unified_apis]=crm', 'settings[unified_apis][a]=crm', 'settings[unified_apis][][]=crm',
  'settings[allow_actions][]=remove', 'theme[vault_name][a]=1', 'custom_consumer_settings=1', `custom_consumer_settings${'[a]'.repeat(9)}=1`, `custom_consumer_settings${'[a]'.repeat(900)}=1`, 'theme[vault_name]=a%00', 'theme[vault_name]=%0d%0a',
  Array.from({ length: 513 }, (_, i) => `a${i}=1`).join('&'), Array.from({ length: 257 }, () => 'settings[unified_apis][]=a').join('&'), 'settings[unified_apis][300]=a', 'theme[primary_color]=#123456 ', '{"theme":{}}', 'theme.vault_name=1', 'settings[hide_guides]'
)

const piece = constantFrom('theme', 'settings', 'custom_consumer_settings', 'unified_apis', 'vault_name', 'show_logs', 'a', '0', '1', '999', NAME, `=${VALUE}`, '[', ']', '[]', '%5B', '%5D', '=', '&', '&&', ';', '+', '%', '%2', '%20', '%00', '%ff', '%E2%82%AC', 'é', '#', '.', '__proto__', 'constructor', 'true', 'on', '"', '<')

/** Whatever looks like a form. */
export const anyForm: Arbitrary<string> = oneof(
  fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join('')),
  fc.array(tuple(constantFrom('theme', 'settings', 'custom_consumer_settings', 'redirect_uri', NAME), fc.array(constantFrom('[]', '[a]', '[0]', '[7]', '[vault_name]', '[unified_apis]', '[show_logs]'), { maxLength: 3 }), constantFrom('', 'true', 'crm', VALUE)), { maxLength: 6 })
    .map((parts) => parts.map(([name, brackets, value]) => `${name}${brackets.join('')}=${value}`).join('&'))
).map((text) => Buffer.from(text, 'utf8').toString('latin1'))
