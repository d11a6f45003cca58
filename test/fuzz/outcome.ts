import type { Expected, Setting } from './case.js'
import { branches, isPlain, secondsOf } from './session-rules.js'

/** What operators set: where vaults may send users back to, and whose pages may call. */
export const REDIRECT_ORIGIN = 'https://app.example'
export const REDIRECT_URL = 'https://other.example/back?to=1'
export const ALLOWED_ORIGIN = 'https://app.example'

/** The policy of the configurations that have one. */
export const policy = {
  session: { theme: { vault_name: 'Acme', primary_color: '#123456' }, redirect_uri: `${REDIRECT_ORIGIN}/default`, settings: { show_logs: false } },
  caller_fields: ['redirect_uri', 'settings', 'theme.logo', 'theme.vault_name', 'custom_consumer_settings'],
  max_session_length: '30m',
}

const MAX_BYTES = 16_384
const MAX_SENT_BYTES = 20_480
const MAX_SECONDS = 1_800

/** The form that goes upstream of each redirect URI that is made here. Others are not allowed. */
const redirectUris: ReadonlyMap<unknown, string> = new Map([
  [REDIRECT_ORIGIN, `${REDIRECT_ORIGIN}/`],
  [`${REDIRECT_ORIGIN}?a=b`, `${REDIRECT_ORIGIN}/?a=b`],
  ...[`${REDIRECT_ORIGIN}/`, `${REDIRECT_ORIGIN}/a/b.c?d=%20&e=https://f/`, `${REDIRECT_ORIGIN}/${'a'.repeat(2048 - REDIRECT_ORIGIN.length - 1)}`, REDIRECT_URL]
    .map((uri): [string, string] => [uri, uri]),
])

export const allowedRedirectUris = [...redirectUris.keys()] as string[]

type Branch = Record<string, unknown>

/** What has to come of a body that holds this Session, which fits the schema. */
export function outcomeOf (asked: Branch, bodyBytes: number, setting: Setting): Expected {
  if (bodyBytes > MAX_BYTES || bytesOf(asked) > MAX_BYTES) return { is: 'refused', codes: ['payload_too_large'] }
  if (setting.hasPolicy && isForbidden(asked, setting)) return { is: 'refused', codes: ['policy_violation'] }
  const session = setting.hasPolicy ? withPolicy(asked, setting) : { ...asked }
  if (bytesOf(session) > MAX_SENT_BYTES) return { is: 'refused', codes: ['payload_too_large'] }
  if (session['redirect_uri'] !== undefined && session['redirect_uri'] !== policy.session.redirect_uri) {
    const uri = redirectUris.get(session['redirect_uri'])
    if (uri === undefined) return { is: 'refused', codes: ['redirect_uri_not_allowed'], pointer: '/redirect_uri' }
    session['redirect_uri'] = uri
  }
  return { is: 'session', session }
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

function isForbidden (asked: Branch, { metadata }: Setting): boolean {
  const fields = Object.entries(asked).flatMap(([name, value]) =>
    name in branches && isPlain(value) ? Object.keys(value).map((field) => [name, `${name}.${field}`]) : [[name, name]])
  const isOurs = ([name = '', path = '']: string[]) => (name === 'consumer_metadata' && Object.keys(metadata).length > 0) ||
    !(policy.caller_fields.includes(name) || policy.caller_fields.includes(path))
  const { settings } = asked
  return fields.some(isOurs) || (isPlain(settings) && secondsOf(settings['session_length']) > MAX_SECONDS)
}

function withPolicy (asked: Branch, { metadata }: Setting): Branch {
  const filled = (name: 'theme' | 'settings') => ({ ...policy.session[name], ...asked[name] as Branch | undefined })
  return {
    ...policy.session,
    ...asked,
    ...(Object.keys(metadata).length === 0 ? {} : { consumer_metadata: metadata }),
    theme: filled('theme'),
    settings: { session_length: policy.max_session_length, ...filled('settings') },
  }
}
