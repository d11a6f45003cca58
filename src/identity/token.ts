import type { Evidence } from './identity.js'
import { valuesOf } from './raw-headers.js'

/** Where a token may come in, beside `Authorization`. */
export interface TokenPlaces {
  /** In lower case. */
  header?: string | undefined
  cookie?: string | undefined
}

/** The credential that counts: its token, where it is one and can be read, and whether a browser sent it by itself. */
export interface Credential {
  token: string | undefined
  isSentByBrowser: boolean
}

/** A bearer token of RFC 6750, section 2.1, that takes at most half of what all headers may have. */
const TOKEN = /^[A-Za-z0-9._~+/-]{1,8192}=*$/

/**
 * The first credential that is there: `Authorization`, then the header that a proxy sets, then the cookie. It counts
 * even where it cannot be read: a bad one, or one that came twice, never falls through to the next.
 */
export function findCredential (evidence: Evidence, { header, cookie }: TokenPlaces): Credential | undefined {
  const authorizations = valuesOf(evidence, 'authorization')
  if (authorizations.length > 0) {
    return { token: only(authorizations.map(withoutScheme)), isSentByBrowser: false }
  }
  for (const values of [header === undefined ? [] : valuesOf(evidence, header), cookie === undefined ? [] : cookiesOf(evidence, cookie)]) {
    if (values.length > 0) return { token: only(values), isSentByBrowser: true }
  }
  return undefined
}

/** What stands behind `Bearer`; nothing behind any other scheme. */
function withoutScheme (authorization: string): string {
  return /^Bearer +(.*)$/i.exec(authorization)?.[1] ?? ''
}

function only ([value, ...more]: readonly string[]): string | undefined {
  return value !== undefined && more.length === 0 && TOKEN.test(value) ? value : undefined
}

/**
 * Every value of a cookie: a neighbour in its domain can have set another of that name. Space and tab alone are white
 * space here (RFC 6265); whoever trims more reads a neighbour's `\u00a0__Host-session` as ours.
 */
function cookiesOf ({ headers }: Evidence, name: string): string[] {
  return (headers.cookie ?? '').split(';').map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1))
}
