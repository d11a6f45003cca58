import { BrokerError } from '../errors.js'
import { matchRedirectUri } from '../schemas/redirect-uri.js'

/**
 * The redirect URI in the form that goes upstream.
 *
 * @throws BrokerError `redirect_uri_not_allowed`, which tells the rule and not the list.
 */
export function allowedRedirectUri (text: string, allowed: readonly string[]): string {
  const uri = matchRedirectUri(text, allowed)
  if (uri === undefined) {
    throw new BrokerError('redirect_uri_not_allowed', {
      errors: [{ pointer: '/redirect_uri', message: 'must be canonical, and at an origin that the operator has listed' }],
    })
  }
  return uri
}
