import { catalogue, type ErrorCode } from '../errors.js'
import { ApideckErrorSchema, EnvelopeSchema } from '../schemas/apideck.js'
import { CONSUMER_HEADER } from '../schemas/header-names.js'
import { MintedSessionSchema } from '../schemas/minted-session.js'
import { ProblemSchema } from '../schemas/problem.js'
import { SessionSchema } from '../schemas/session.js'
import { errorExamples } from './errors.js'
import { formSchema } from './form.js'
import { headers } from './headers.js'
import { operationOf, type Route } from './operation.js'
import { plainSchema, type JsonSchema } from './plain.js'
import { securityOf, type DescribedIdentity } from './security.js'

const DESCRIPTION = `Mints Apideck Vault sessions for first-party frontends and for Apideck's SDKs, without an API key of theirs.

A 4xx is something that the caller can mend, and 401 is only ever the caller's own credential. A navigation (a form, or a
browser that prefers HTML) is answered with a redirect or a page, everything else with JSON.`

/** What a route that mints nothing may answer too. */
const EVERYWHERE: readonly ErrorCode[] = ['invalid_request', 'origin_not_allowed', 'method_not_allowed', 'internal_error', 'shutting_down']

/** Whose document it is. */
export interface DocumentOptions {
  version: string
  identity: DescribedIdentity
}

/** The OpenAPI document of a broker, of what its routes and the catalogue of errors say. */
export function createDocument (routes: readonly Route[], { version, identity }: DocumentOptions) {
  const codes = codesOf(identity)
  const { schemes, requirements } = securityOf(identity)
  const common = { security: requirements, codes: { minting: codes, other: EVERYWHERE } }
  const paths = Object.fromEntries(routes.map((route) => [route.url, { [route.method.toLowerCase()]: operationOf(route, common) }]))
  return {
    openapi: '3.1.0',
    info: { title: 'vault-session-broker', version, description: DESCRIPTION, contact: { name: 'Whoever operates this service' }, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: [
      { name: 'sessions', description: 'Opening a vault.' },
      { name: 'service', description: 'The service itself.' },
    ],
    paths,
    components: {
      schemas: {
        Session: plainSchema(SessionSchema),
        SessionForm: formSchema(),
        MintedSession: plainSchema(MintedSessionSchema),
        Envelope: plainSchema(EnvelopeSchema),
        Problem: withCodes(plainSchema(ProblemSchema), codes),
        ApideckError: plainSchema(ApideckErrorSchema),
      },
      parameters: { [CONSUMER_HEADER]: consumerParameter },
      headers: headersIn(paths),
      examples: errorExamples(codes),
      ...(Object.keys(schemes).length === 0 ? {} : { securitySchemes: schemes }),
    },
  }
}

const consumerParameter = {
  name: CONSUMER_HEADER,
  in: 'header',
  description: 'Chooses one of the consumers that the caller is entitled to. It is needed where there are several.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._:@/+=|~-]{1,255}$' },
}

/** The headers that there is reference to. */
function headersIn (paths: object): Record<string, object> {
  const text = JSON.stringify(paths)
  return Object.fromEntries(Object.entries(headers).filter(([name]) => text.includes(`"#/components/headers/${name}"`)))
}

/** What can go wrong where callers are known in this way. */
function codesOf ({ kind }: DescribedIdentity): ErrorCode[] {
  const never: readonly ErrorCode[] = [
    ...(kind === 'static' ? ['unauthenticated'] as const : []),
    ...(kind === 'jwt' ? [] : ['identity_unavailable'] as const),
  ]
  return (Object.keys(catalogue) as ErrorCode[]).filter((code) => !never.includes(code))
}

function withCodes (schema: JsonSchema, codes: readonly ErrorCode[]): JsonSchema {
  const { properties } = schema as { properties: Record<string, JsonSchema> }
  return { ...schema, properties: { ...properties, code: { ...properties['code'], enum: codes } } }
}
