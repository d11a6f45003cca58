import { GATEWAY_SECRET_HEADER } from '../schemas/header-names.js'

/** How callers are known, as far as the document says. */
export type DescribedIdentity =
  | { kind: 'static' }
  | { kind: 'gateway', consumerHeader: string }
  | { kind: 'jwt', header?: string | undefined, cookie?: string | undefined }

const BY_GATEWAY = 'Set by the gateway in front, which knows its own session. A caller cannot send it.'

/** The security schemes of an identity, and what a request needs of them: all of one of these sets. */
export function securityOf (identity: DescribedIdentity) {
  const schemes = schemesOf(identity)
  const names = Object.keys(schemes)
  return { schemes, requirements: identity.kind === 'gateway' ? [requirement(names)] : names.map((name) => requirement([name])) }
}

function schemesOf (identity: DescribedIdentity): Record<string, object> {
  switch (identity.kind) {
    case 'static': return {}
    case 'gateway': return {
      gatewayConsumer: { type: 'apiKey', in: 'header', name: identity.consumerHeader, description: BY_GATEWAY },
      gatewaySecret: { type: 'apiKey', in: 'header', name: GATEWAY_SECRET_HEADER, description: BY_GATEWAY },
    }
    case 'jwt': return {
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The caller\'s own access token.' },
      ...(identity.header === undefined ? {} : { proxy: { type: 'apiKey', in: 'header', name: identity.header, description: 'A token that the proxy in front sets.' } }),
      ...(identity.cookie === undefined ? {} : { cookie: { type: 'apiKey', in: 'cookie', name: identity.cookie, description: 'A token, with proof of origin: an allowed `Origin`, or `Sec-Fetch-Site: same-origin`.' } }),
    }
  }
}

function requirement (names: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [name, []]))
}
