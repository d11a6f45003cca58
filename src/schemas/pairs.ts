import { isPrintableAscii } from './urls.js'

/** `name=value`, comma-separated, percent-encoded as in a URL: how `OTEL_*` variables write what is more than one. */
export function isPairs (text: string): boolean {
  return decoded(text).every(([name, value]) => name !== '' && value !== undefined)
}

/** The same, where each is a header that can be sent: a token (RFC 9110, section 5.6.2) and visible ASCII, spaces within. */
export function isHeaderPairs (text: string): boolean {
  return decoded(text).every(([name = '', value]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && value !== undefined && /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/.test(value))
}

/** Names and values; nothing for what cannot be read. */
function decoded (text: string): Array<Array<string | undefined>> {
  if (!isPrintableAscii(text)) return [[]]
  return text.split(',').map((pair) => {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(pair) ?? []
    try {
      return [decodeURIComponent(name), decodeURIComponent(value)]
    } catch {
      return []
    }
  })
}
