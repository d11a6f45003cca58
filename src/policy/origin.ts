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
    // A browser that says where the page is knows better than a comparison of hosts, which leaves the scheme out.
    : site === 'same-origin' || allowed.includes(origin) || (site === undefined && isOwn(origin, headers.host))
  if (!admitted) throw new BrokerError('origin_not_allowed')
}

/**
 * Holds a credential that browsers send by themselves to requests that prove where they come from. An origin that is
 * named at all is an allowed one by then: `checkOrigin` stands before.
 *
 * @throws BrokerError `origin_not_allowed`
 */
export function requireProofOfOrigin ({ origin, 'sec-fetch-site': site }: OriginHeaders): void {
  if (origin !== undefined || site === 'same-origin') return
  throw new BrokerError('origin_not_allowed', {
    detail: 'A cookie, or a session at the gateway, counts only with an allowed Origin, or with Sec-Fetch-Site: same-origin.',
  })
}

/** Whether an origin's host is the request's `Host`, a default port aside. */
function isOwn (origin: string, host: string | undefined): boolean {
  const url = parseUrl(origin)
  if (url === undefined || url.origin !== origin || host === undefined) return false
  return parseUrl(`${url.protocol}//${host}`)?.host === url.host
}
