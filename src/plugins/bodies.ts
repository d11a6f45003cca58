import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type * as Qs from 'qs'
import secureJson from 'secure-json-parse'
import { BrokerError } from '../errors.js'
import { FORM } from '../policy/answer-shape.js'
import { SessionSchema } from '../schemas/session.js'

/** JSON and HTML forms are read, and nothing else; an empty body is an empty Session. */
export const bodies = fp(async (app: FastifyInstance) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => parseJson(decode(body)))
  app.addContentTypeParser<Buffer>(FORM, { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => {
    // Loaded with the first form.
    const { default: qs } = await import('qs')
    return parseForm(decode(body), qs.parse)
  })
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined) request.body = {}
  })
}, { name: 'bodies' })

type Fields = Record<string, unknown>

/** The text of a body. Bytes that are not UTF-8 would turn into other characters unseen. */
function decode (body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new BrokerError('invalid_request', { detail: 'The body is not valid UTF-8.' })
  }
}

/** JSON without the members that would change an object's prototype. */
function parseJson (text: string): unknown {
  if (text === '') return {}
  try {
    return secureJson.parse(text, { protoAction: 'error', constructorAction: 'error' })
  } catch {
    throw new BrokerError('invalid_request', { detail: 'The body is not valid JSON.' })
  }
}

/** A form's fields as a Session: brackets name members, `[]=` alone is an empty array, checkboxes are booleans. */
function parseForm (body: string, parse: typeof Qs.parse): Fields {
  const fields = parseBrackets(body, parse)
  const { settings } = fields
  return isFields(settings) ? { ...fields, settings: withBooleans(settings) } : fields
}

/**
 * A name and its brackets, with nothing before, between or behind that the parser would drop. An array in an array
 * (`[][]`) is none: the parser makes one of the two.
 */
const FIELD_NAME = /^(?!.*\[\]\[\])[^[\]=]+(?:\[[^[\]=]*\])*$/s

/** Names that objects inherit by, refused in JSON too. */
const INHERITED = /(?:^|\[)(?:__proto__|constructor|prototype)(?:[[\]]|$)/

/** A part of a form, decoded. Throws where it is not what the parser would make of it without loss. */
function decodePart (part: string, _decoder: unknown, _charset: string, type: 'key' | 'value'): string {
  const text = decodeURIComponent(part.replaceAll('+', ' '))
  if (type === 'key' && (!FIELD_NAME.test(text) || INHERITED.test(text))) throw new TypeError('a name that is not allowed')
  return text
}

function parseBrackets (body: string, parse: typeof Qs.parse): Fields {
  try {
    return parse(body, {
      decoder: decodePart,
      plainObjects: true,
      allowEmptyArrays: true,
      depth: 8,
      strictDepth: true,
      parameterLimit: 512,
      arrayLimit: 256,
      throwOnLimitExceeded: true,
    })
  } catch {
    throw new BrokerError('invalid_request', { detail: 'The form has a field whose name or encoding is not allowed, too many fields, or one with too many brackets.' })
  }
}

const booleans: ReadonlyMap<unknown, boolean> = new Map([['true', true], ['on', true], ['false', false]])

/** A form's values are text, so where the schema wants a boolean, its spellings become one. Anything else is refused later. */
function withBooleans (settings: Fields): Fields {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) =>
    [name, isBoolean(name) ? booleans.get(value) ?? value : value]))
}

function isBoolean (name: string): boolean {
  const settings: Record<string, { type?: unknown }> = SessionSchema.properties.settings.properties
  return Object.hasOwn(settings, name) && settings[name]?.type === 'boolean'
}

function isFields (value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
