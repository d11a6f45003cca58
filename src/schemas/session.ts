import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { MAX_URL_LENGTH } from './urls.js'

/** An object in which every property is optional and any other is refused. */
function closed<T extends Record<string, TSchema>> (properties: T) {
  return Type.Partial(Type.Object(properties), {
    additionalProperties: false,
    'x-expected': 'an object',
  })
}

function text (maxLength: number) {
  return Type.String({
    maxLength,
    pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$',
    'x-expected': `text of at most ${maxLength} characters, without control characters`,
  })
}

function httpsUrl () {
  return Type.String({
    maxLength: MAX_URL_LENGTH,
    format: 'https-url',
    'x-expected': `an https URL of at most ${MAX_URL_LENGTH} characters`,
  })
}

function colour () {
  return Type.String({
    pattern: '^#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$',
    'x-expected': 'a CSS hex colour such as #286efa',
  })
}

function flag () {
  return Type.Boolean({ 'x-expected': 'true or false' })
}

/** A session's duration; the same words wherever one is set. */
export const SessionLengthSchema = Type.String({
  maxLength: 7,
  format: 'session-length',
  'x-expected': 'a duration such as 90s, 30m, 12h, 7d or 1w, at most one week',
})

/** Who the consumer is, as the vault shows it. */
export const ConsumerMetadataSchema = closed({
  account_name: text(255),
  user_name: text(255),
  email: text(254),
  image: httpsUrl(),
})

const SettingsSchema = closed({
  /** Open to ids that Apideck adds: a closed list goes stale. */
  unified_apis: Type.Array(
    Type.String({
      maxLength: 64,
      pattern: '^[a-z][a-z0-9-]*$',
      'x-expected': 'the id of a unified API, such as crm or file-storage',
    }),
    { maxItems: 64, 'x-expected': 'an array of at most 64 ids of unified APIs' }
  ),
  hide_resource_settings: flag(),
  sandbox_mode: flag(),
  isolation_mode: flag(),
  session_length: SessionLengthSchema,
  show_logs: flag(),
  show_suggestions: flag(),
  show_sidebar: flag(),
  auto_redirect: flag(),
  hide_guides: flag(),
  /** An empty array hides all actions, so it is not the same as none. */
  allow_actions: Type.Array(
    Type.Unsafe<'delete' | 'disconnect' | 'reauthorize' | 'disable'>({
      type: 'string',
      enum: ['delete', 'disconnect', 'reauthorize', 'disable'],
      'x-expected': 'one of delete, disconnect, reauthorize and disable',
    }),
    { maxItems: 4, 'x-expected': 'an array of at most four actions' }
  ),
})

const ThemeSchema = closed({
  favicon: httpsUrl(),
  logo: httpsUrl(),
  primary_color: colour(),
  sidepanel_background_color: colour(),
  sidepanel_text_color: colour(),
  vault_name: text(255),
  privacy_url: httpsUrl(),
  terms_url: httpsUrl(),
})

/**
 * Apideck's `Session`, as callers may send it: their names, every property optional, any other refused. Whether a
 * `redirect_uri` is allowed is policy's to say.
 */
export const SessionSchema = closed({
  consumer_metadata: ConsumerMetadataSchema,
  redirect_uri: Type.String({
    maxLength: MAX_URL_LENGTH,
    'x-expected': `a URL of at most ${MAX_URL_LENGTH} characters`,
  }),
  settings: SettingsSchema,
  theme: ThemeSchema,
  custom_consumer_settings: Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    additionalProperties: true,
    'x-limits': { depth: 8, entries: 256, keyLength: 128, stringLength: 4096 },
    'x-expected': 'an object of at most 8 levels and 256 entries, with keys of at most 128 and strings of at most ' +
      '4096 characters, and no integer beyond 2^53 - 1',
  }),
})

/** A Session that fits the schema. */
export type Session = Static<typeof SessionSchema>

/** The settings that Apideck's SDKs add by themselves, each with the default that Apideck documents. */
export const sdkDefaults = {
  hide_resource_settings: false,
  sandbox_mode: false,
  isolation_mode: false,
  session_length: '1h',
  show_logs: true,
  show_suggestions: false,
  show_sidebar: true,
  auto_redirect: false,
  hide_guides: false,
} as const satisfies NonNullable<Session['settings']>

/**
 * The most that a Session may have, as the body that it comes in and as JSON, in bytes: the URL that Apideck makes of it
 * grows with it, and has to fit into a `Location`.
 */
export const MAX_SESSION_BYTES = 16_384

/** The most that goes upstream, with what the operator and the caller's token add, as JSON, in bytes. */
export const MAX_SENT_BYTES = 20_480

/** The members of a Session that are branches, with their fields. */
export const sessionBranches: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(SessionSchema.properties)
  .flatMap(([name, schema]) => 'properties' in schema ? [[name, Object.keys(schema.properties)]] : []))

/** Every property of a Session as a dotted path, branches before their fields: `theme`, `theme.logo`, … */
export const sessionPaths: readonly string[] = Object.keys(SessionSchema.properties).flatMap((name) =>
  [name, ...(sessionBranches.get(name) ?? []).map((field) => `${name}.${field}`)])
