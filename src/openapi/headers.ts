import type { JsonSchema } from './plain.js'

interface Header { description: string, required?: boolean, schema: JsonSchema }

const text = (description: string, example: string, more: Partial<Header> = {}): Header => ({ description, schema: { type: 'string', examples: [example] }, ...more })
const always = (description: string, example: string) => text(description, example, { required: true })

/** Every header that answers have and programs may want to know of. */
export const headers = {
  'X-Request-Id': always('The request\'s ID, as in the log. Quote it.', '823ba2a6-ba82-4888-b07e-635aad1abd2f'),
  'Cache-Control': { description: 'Nothing is to be stored.', required: true, schema: { const: 'no-store' } },
  'X-Content-Type-Options': { description: 'Nothing is to be sniffed.', required: true, schema: { const: 'nosniff' } },
  'Referrer-Policy': { description: 'No address is to be given away.', required: true, schema: { const: 'no-referrer' } },
  'Content-Security-Policy': always('Nothing is to be loaded or framed.', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
  Vary: always('The headers that the answer depends on.', 'Accept, Content-Type, Sec-Fetch-Mode, x-apideck-app-id, Origin, Sec-Fetch-Site'),
  'Access-Control-Allow-Origin': text('The page\'s origin, where it is an allowed one.', 'https://app.example.com'),
  'Access-Control-Allow-Credentials': text('With the origin.', 'true'),
  'Access-Control-Expose-Headers': text('With the origin: the headers that its scripts may read.', 'X-Request-Id, Retry-After'),
  'RateLimit-Policy': text('The limit: its name, how many, and in how many seconds (draft-ietf-httpapi-ratelimit-headers).', '"session";q=30;w=60'),
  RateLimit: text('What is left of it, and the seconds until it begins anew.', '"session";r=29;t=60'),
  Location: text('The vault\'s URL, which is a credential.', 'https://vault.apideck.com/session/eyJhbGciOi…', { required: true }),
  'Retry-After': { description: 'Seconds until it is worth trying again.', schema: { type: 'integer', minimum: 1, examples: [5] } },
  'WWW-Authenticate': always('Which credential is wanted, and whether one came (RFC 6750).', 'Bearer realm="vault-session-broker"'),
  Allow: always('The methods that the path takes.', 'POST'),
} satisfies Record<string, Header>

export type HeaderName = keyof typeof headers

/** On every answer. */
const ON_ALL = [
  'X-Request-Id', 'Cache-Control', 'X-Content-Type-Options', 'Referrer-Policy', 'Content-Security-Policy', 'Vary',
  'Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials', 'Access-Control-Expose-Headers',
] as const satisfies readonly HeaderName[]

/** The headers of an answer: those of all, and these. */
export function headersWith (more: readonly HeaderName[] = []): Record<string, { $ref: string }> {
  return Object.fromEntries([...ON_ALL, ...more].map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
