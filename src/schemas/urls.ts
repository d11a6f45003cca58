/** The longest URL that a Session may hold, in characters. */
export const MAX_URL_LENGTH = 2048

/** The URL as the WHATWG parser reads it, or `undefined`. */
export function parseUrl (text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** Whether a host, as `URL.hostname` writes it, can only be this machine: localhost (RFC 6761), 127/8 or ::1. */
export function isLoopback (hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}

/** https, or http to loopback alone. */
export function isSecure (url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

/** Whether a user or a password stands before the host. */
export function hasUserinfo (url: URL): boolean {
  return url.username !== '' || url.password !== ''
}

/** A URL of an image or a page that the vault shows: https, written as RFC 3986 has it, without userinfo. */
export function isHttpsUrl (text: string): boolean {
  const url = parseUrl(text)
  return url !== undefined && /^https:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+$/.test(text) && !hasUserinfo(url)
}

/** A `*` in a host means nothing to anybody who compares hosts, whatever was meant by it. */
export function hasWildcard (url: URL): boolean {
  return url.hostname.includes('*')
}

/** An origin as browsers write it in `Origin`: `https://app.example.com`, or http to loopback. */
export function isWebOrigin (text: string): boolean {
  const url = parseUrl(text)
  return url !== undefined && isSecure(url) && url.origin === text && !hasWildcard(url)
}

/** A host as `URL.host` writes it, with its port where that is not 443. */
export function isHost (text: string): boolean {
  const url = parseUrl(`https://${text}`)
  return url !== undefined && url.host === text && !hasWildcard(url)
}

/** The upstream's base: https, or http to loopback, with a path at most, as the parser writes it. */
export function isBaseUrl (text: string): boolean {
  const url = parseUrl(text)
  return url !== undefined && isSecure(url) && isBare(url, text)
}

/** A collector of traces: https, or http to anywhere, with a path at most, as the parser writes it. */
export function isCollectorUrl (text: string): boolean {
  const url = parseUrl(text)
  return url !== undefined && /^https?:$/.test(url.protocol) && isBare(url, text)
}

function isBare (url: URL, text: string): boolean {
  return !hasUserinfo(url) && !/[?#]/.test(text) && (url.href === text || url.href === `${text}/`)
}

/** An address to fetch from: https, or http to loopback, as the parser writes it, without userinfo and fragment. */
export function isSecureUrl (text: string): boolean {
  const url = parseUrl(text)
  return url !== undefined && isSecure(url) && !hasUserinfo(url) && !text.includes('#') && url.href === text
}

/** A Redis: `redis://` or `rediss://`, credentials, host, port and a database's number at most. */
export function isRedisUrl (text: string): boolean {
  const url = parseUrl(text)
  // As it is written, and not only as it is parsed: a client that reads `REDISS:` as no TLS would send the password in clear.
  if (!isPrintableAscii(text) || !/^rediss?:\/\//.test(text)) return false
  return url !== undefined && url.hostname !== '' && /^(?:\/\d{0,3})?$/.test(url.pathname) &&
    !/[?#]/.test(text) && isDecodable(text)
}

function isDecodable (text: string): boolean {
  try {
    return decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}

/** Graphic ASCII, no space: what may stand in a header as it is, and reads alike to every parser. */
export function isPrintableAscii (text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text)
}
