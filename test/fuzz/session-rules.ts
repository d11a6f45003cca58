/*
 * What docs/session.md says a Session is, written from that page and not shared with the broker's schema, so that the
 * two can disagree.
 */

type Rule = (value: unknown) => boolean

const isText = (most: number): Rule => (value) =>
  typeof value === 'string' && [...value].length <= most && !/\p{Cc}/u.test(value)

const isUrl: Rule = (value) => typeof value === 'string' && value.length <= 2048 && value.startsWith('https://')
const isColour: Rule = (value) => typeof value === 'string' && [4, 5, 7, 9].includes(value.length) && /^#[0-9a-f]+$/i.test(value) && !value.includes('\n')
const isFlag: Rule = (value) => value === true || value === false
const isArray = (most: number, isItem: Rule): Rule => (value) => Array.isArray(value) && value.length <= most && value.every(isItem)
const isApi: Rule = (value) => typeof value === 'string' && value.length <= 64 && /^[a-z][a-z0-9-]*$/.test(value) && !value.includes('\n')
const isAction: Rule = (value) => ['delete', 'disconnect', 'reauthorize', 'disable'].includes(value as string)

const WEEK = 604_800
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: WEEK }

/** Seconds of a `session_length`; `NaN` where it is none. */
export function secondsOf (value: unknown): number {
  if (typeof value !== 'string' || value.length < 2 || value.length > 7) return NaN
  const [digits, unit] = [value.slice(0, -1), value.slice(-1)]
  return [...digits].every((digit) => digit >= '0' && digit <= '9') && !digits.startsWith('0') ? Number(digits) * (UNITS[unit] ?? NaN) : NaN
}

const isLength: Rule = (value) => secondsOf(value) <= WEEK

function isFree (value: unknown): boolean {
  if (!isPlain(value)) return false
  let entries = 0
  const fits = (item: unknown, depth: number): boolean => {
    if (typeof item === 'string') return item.length <= 4096
    if (typeof item === 'number') return Number.isInteger(item) ? Math.abs(item) < 2 ** 53 : Number.isFinite(item)
    if (typeof item !== 'object' || item === null) return true
    return depth <= 8 && Object.entries(item).every(([key, member]) => ++entries <= 256 && key.length <= 128 && fits(member, depth + 1))
  }
  return fits(value, 1)
}

/** Branches by name, their fields by name. */
export const branches: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  consumer_metadata: { account_name: isText(255), user_name: isText(255), email: isText(254), image: isUrl },
  settings: {
    unified_apis: isArray(64, isApi),
    hide_resource_settings: isFlag,
    sandbox_mode: isFlag,
    isolation_mode: isFlag,
    session_length: isLength,
    show_logs: isFlag,
    show_suggestions: isFlag,
    show_sidebar: isFlag,
    auto_redirect: isFlag,
    hide_guides: isFlag,
    allow_actions: isArray(4, isAction),
  },
  theme: {
    favicon: isUrl,
    logo: isUrl,
    primary_color: isColour,
    sidepanel_background_color: isColour,
    sidepanel_text_color: isColour,
    vault_name: isText(255),
    privacy_url: isUrl,
    terms_url: isUrl,
  },
}

export const flags = Object.keys(branches['settings'] ?? {}).filter((name) => branches['settings']?.[name] === isFlag)

/** What docs/sdks.md says that SDKs write by themselves. */
const filledIn: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(flags.map((name) => [name, ['show_logs', 'show_sidebar'].includes(name)])),
  session_length: '1h',
}

/** A Session without what an SDK may have written by itself. */
export function withoutFilledIn (session: Record<string, unknown>): Record<string, unknown> {
  const { settings, ...rest } = session
  if (!isPlain(settings)) return session
  const said = Object.entries(settings).filter(([name, value]) => !(Object.hasOwn(filledIn, name) && filledIn[name] === value))
  return said.length === 0 ? rest : { ...rest, settings: Object.fromEntries(said) }
}

export function isPlain (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const hasOnly = (value: unknown, rules: Readonly<Record<string, Rule>>): boolean =>
  isPlain(value) && Object.entries(value).every(([name, member]) => Object.hasOwn(rules, name) && rules[name]?.(member) === true)

/** Whether a value is a Session. */
export function isSession (value: unknown): boolean {
  return hasOnly(value, {
    redirect_uri: (uri) => typeof uri === 'string' && uri.length <= 2048,
    custom_consumer_settings: isFree,
    ...Object.fromEntries(Object.entries(branches).map(([name, rules]) => [name, (branch: unknown) => hasOnly(branch, rules)])),
  })
}
