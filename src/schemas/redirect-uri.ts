import { MAX_URL_LENGTH, hasUserinfo, hasWildcard, isPrintableAscii, isSecure, parseUrl } from './urls.js'

/**
 * Reads a redirect URI by a rule strict enough that every parser reads it alike: the vault navigates to it, so a
 * reading of ours that differs from the browser's is an open redirect.
 *
 * Returns the parsed form, or `undefined` unless the text is printable ASCII without a backslash, https (http to
 * loopback alone), has no userinfo and no fragment, is what the parser writes back (a missing root slash aside), and
 * has in its path no double slash and no CR, LF, NUL or backslash, plain or encoded.
 */
export function parseRedirectUri (text: string): URL | undefined {
  if (text.length > MAX_URL_LENGTH || !isPrintableAscii(text) || /[\\#]/.test(text)) return undefined
  const url = parseUrl(text)
  if (url === undefined || !isSecure(url) || hasUserinfo(url) || hasWildcard(url)) return undefined
  if (url.href !== text && url.href !== addRootSlash(text)) return undefined
  if (/(?:\/|%2f){2}|%0[0ad]|%5c/i.test(url.pathname)) return undefined
  return url
}

/** `https://host` and `https://host?query` with the slash that the parser adds. */
function addRootSlash (text: string): string {
  return text.replace(/^(https?:\/\/[^/?]+)(?=\?|$)/, '$1/')
}

/**
 * The redirect URI in its parsed form if its origin, or the whole URL, is in the list; else `undefined`.
 * An entry without a path is an origin, any other is one whole URL.
 */
export function matchRedirectUri (text: string, allowed: readonly string[]): string | undefined {
  const url = parseRedirectUri(text)
  if (url === undefined) return undefined
  return allowed.includes(url.origin) || allowed.includes(url.href) ? url.href : undefined
}
