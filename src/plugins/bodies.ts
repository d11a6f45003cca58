import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import qs from 'qs'
import { BrokerError } from '../errors.js'
import { SessionSchema } from '../schemas/session.js'

/** JSON and HTML forms are read, and nothing else; an empty body is an empty Session. */
export const bodies = fp(async (app: FastifyInstance) => {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    return body === '' ? done(null, {}) : parseJson(request, body, done)
  })
  app.addContentTypeParser<string>('application/x-www-form-urlencoded', { parseAs: 'string' }, async (_request: unknown, body: string) => parseForm(body))
  app.addHook('preValidation', async (request) => {
    request.body ??= {}
  })
}, { name: 'bodies' })

type Fields = Record<string, unknown>

/** A form's fields as a Session: brackets name members, `[]=` alone is an empty array, checkboxes are booleans. */
function parseForm (body: string): Fields {
  if (Array.from(new URLSearchParams(body).keys()).some((name) => name.includes('__proto__'))) {
    throw new BrokerError('invalid_request', { detail: 'A field of the form has a name that is not allowed.' })
  }
  const fields = parseBrackets(body)
  const { settings } = fields
  return isFields(settings) ? { ...fields, settings: withBooleans(settings) } : fields
}

function parseBrackets (body: string): Fields {
  try {
    return qs.parse(body, {
      plainObjects: true,
      allowEmptyArrays: true,
      depth: 8,
      strictDepth: true,
      parameterLimit: 512,
      arrayLimit: 256,
      throwOnLimitExceeded: true,
    })
  } catch {
    throw new BrokerError('invalid_request', { detail: 'The form has too many fields, or one with too many brackets.' })
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
