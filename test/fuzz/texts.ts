import fc, { type Arbitrary } from 'fast-check'
import { NAME, VALUE } from './canaries.js'

const { constant, constantFrom, integer, oneof, tuple } = fc

/** The UTF-8 of a text, in Latin-1. */
export const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

/** Ways to write the same JSON. */
const writings: ReadonlyArray<(value: unknown) => string> = [
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 2),
  (value) => ` \r\n\t${JSON.stringify(value)}\n `,
  (value) => JSON.stringify(value).replaceAll(/"(?:[^"\\]|\\.)*"/g, (text) => `"${text.slice(1, -1).replaceAll(/\\u....|\\.|[^\\]/gs, escaped)}"`),
]

function escaped (character: string): string {
  return character.length > 1 && character.startsWith('\\') ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** How a value is written. */
export const writing: Arbitrary<(value: unknown) => string> = oneof({ weight: 5, arbitrary: constant(writings[0] ?? String) }, constantFrom(...writings))

const short = JSON.stringify({ settings: { show_logs: true }, theme: { vault_name: VALUE } })

/** What no JSON parser takes. */
export const brokenJson: Arbitrary<string> = oneof(
  constantFrom('{', '}', '[', '"', '{"a"', '{"a":', `{"a":"${VALUE}`, '{a:1}', "{'a':1}", '{"a":1,}', '[1,]', '{"a":01}', '{"a":+1}', '{"a":.5}', '{"a":1.}', '{"a":NaN}', '{"a":Infinity}', '{"a":undefined}', '{"a":"\n"}', '{"a":"\\x41"}', '{"a":"\\u12"}', '{} {}', '{},', 'nul', 'True', '\0', ' ', '\t\r\n', '\u00a0{}', '{}\u0000', `${short}x`, `/* */${short}`, `${short}//`, `{"${NAME}" 1}`, '{"a"::1}', '{"a":1 "b":2}', '--1', '{"__proto__":{}}', '{"settings":{"__proto__":1}}', '{"custom_consumer_settings":{"__proto__":1}}', '{"custom_consumer_settings":{"a":[{"\\u005f\\u005fproto__":{}}]}}', '{"\\u005f_proto__":{}}', '{"custom_consumer_settings":{"a":{"constructor":{"prototype":{}}}}}'),
  integer({ min: 1, max: short.length - 1 }).map((end) => short.slice(0, end)),
  integer({ min: 1, max: 8_000 }).map((depth) => '['.repeat(depth)),
  integer({ min: 1, max: 3_000 }).map((depth) => '{"a":'.repeat(Math.min(depth, 3_000)))
).map(utf8)

const quoted = utf8('{"theme":{"vault_name":"').concat(VALUE)

/** What is not UTF-8, in Latin-1. */
export const brokenUtf8: Arbitrary<string> = oneof(
  constantFrom('\xff', '\xc0\xaf', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xe2\x28\xa1', '\x80', '\xf8\x88\x80\x80\x80', '\xc3').map((bytes) => `${quoted}${bytes}"}}`),
  constantFrom('utf16le' as const).map((encoding) => `\xff\xfe${Buffer.from(short, encoding).toString('latin1')}`),
  constant('\xfe\xff\0{\0}')
)

const token = constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', 'null', 'true', '-0', '1e999', '1E400', '9007199254740993', '1e-999', '\ufeff', '"settings"', '"theme"', '"vault_name"', '"custom_consumer_settings"', '"__proto__"', '"constructor"', '"prototype"', "'", '//', '/*', ' ', '\u2028', `"${VALUE}"`, '"\ud800"', '"\\ud800"')
const number = constantFrom('-0', '0', '1e999', '-1e999', '1e-999', '9007199254740991', '9007199254740993', '1E2', '1.0', '0.1e1', `1${'0'.repeat(400)}`, `0.${'1'.repeat(400)}`, '123456789012345678.5')
const inSession = constantFrom(...['settings', 'theme', 'consumer_metadata', 'custom_consumer_settings', 'redirect_uri', NAME])

/** JSON of any shape and depth, and much that nearly is. */
export const anyJson: Arbitrary<string> = oneof(
  fc.json({ maxDepth: 4 }),
  tuple(inSession, fc.json({ maxDepth: 3 })).map(([name, json]) => `{"${name}":${json}}`),
  tuple(inSession, number).map(([name, digits]) => `{"${name}":{"k":${digits}}}`),
  fc.array(token, { maxLength: 12 }).map((tokens) => tokens.join('')),
  tuple(constantFrom('[', '{"custom_consumer_settings":', '{"a":[', '{"theme":'), integer({ min: 1, max: 4_000 }), fc.boolean()).map(
    ([open, depth, isWrapped]) => isWrapped ? `{"custom_consumer_settings":{"k":${deep(open, depth)}}}` : deep(open, depth)),
  tuple(constantFrom('[]', '{}', '0', 'null', '"a"'), integer({ min: 0, max: 3_000 })).map(([item, n]) => `[${Array.from({ length: n }, () => item).join()}]`),
  integer({ min: 0, max: 1_500 }).map((n) => `{${Array.from({ length: n }, (_, i) => `"${NAME}${i}":${i}`).join()}}`),
  tuple(number, constantFrom('theme', 'settings')).map(([digits, name]) => `{"${name}":${digits},"${name}":{}}`),
  constantFrom('\ufeff\ufeff{}', 'null', 'true', '0', '""', `"${VALUE}"`, '[]', '\ufeff{}', '{"theme":5,"theme":{}}', '{"theme":{"constructor":{}}}', '{"custom_consumer_settings":{"constructor":1}}')
).map(utf8)

function deep (open: string, depth: number): string {
  const times = Math.min(depth, Math.floor(8_000 / open.length))
  const close = [...open].reverse().map((character) => character === '[' ? ']' : character === '{' ? '}' : '').join('')
  return `${open.repeat(times)}1${close.repeat(times)}`
}
