import { BrokerError } from '../errors.js'
import { parseUrl } from '../schemas/urls.js'

/** The request headers that tell where a browser's request comes from. */
export interface OriginHeaders {
  origin?: string | undefined
  host?: string | undefined
  'sec-fetch-site'?: string | string[] | undefined
}

/**
 * Holds a browser's request to its origin: the broker's own, or one of the list. Programs send none of these headers
 * and pass; what they may do is for their credential to say.
 *
 * @throws BrokerError `origin_not_allowed`
 */
export function checkOrigin (headers: OriginHeaders, allowed: readonly string[]): void {
  const { origin, 'sec-fetch-site': site } = headers
  const admitted = origin === undefined
    ? site !== 'cross-site' && site !== 'same-site'
    : site === 'same-origin' || allowed.includes(origin) || isOwn(origin, headers.host)
  if (!admitted) throw new BrokerError('origin_not_allowed')
}

/** Whether an origin's host is the request's `Host`, a default port aside. */
function isOwn (origin: string, host: string | undefined): boolean {
  const url = parseUrl(origin)
  if (url === undefined || url.origin !== origin || host === undefined) return false
  return parseUrl(`${url.protocol}//${host}`)?.host === url.host
}
