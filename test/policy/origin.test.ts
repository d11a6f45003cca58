import t from 'tap'
import { checkOrigin, requireProofOfOrigin, type OriginHeaders } from '../../src/policy/origin.js'

const allowed = ['https://app.acme.com']
const host = 'broker.acme.com'

const admitted: Array<[what: string, headers: OriginHeaders]> = [
  ['a program, which sends none of these headers', { host }],
  ['a page of an allowed origin', { host, origin: 'https://app.acme.com', 'sec-fetch-site': 'same-site' }],
  ['the broker\'s own origin by its host', { host, origin: 'https://broker.acme.com' }],
  ['the broker\'s own origin with the default port in Host', { host: 'broker.acme.com:443', origin: 'https://broker.acme.com' }],
  ['the broker\'s own origin behind a gateway that renames the host', { host: 'internal:3000', origin: 'https://acme.com', 'sec-fetch-site': 'same-origin' }],
  ['a same-origin form whose page sends no referrer', { host, origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ['a same-origin request without Origin', { host, 'sec-fetch-site': 'same-origin' }],
  ['a person who typed the address', { host, 'sec-fetch-site': 'none' }],
]
for (const [what, headers] of admitted) {
  t.test(`admits ${what}`, async (t) => t.doesNotThrow(() => checkOrigin(headers, allowed)))
}

const refused: Array<[what: string, headers: OriginHeaders]> = [
  ['another site', { host, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['the broker\'s host over http, which the browser knows to be another site', { host, origin: 'http://broker.acme.com', 'sec-fetch-site': 'cross-site' }],
  ['the broker\'s host, which the browser knows to be another origin', { host, origin: 'https://broker.acme.com', 'sec-fetch-site': 'same-site' }],
  ['another site that old browsers send', { host, origin: 'https://evil.example' }],
  ['the opaque origin', { host, origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['the opaque origin alone', { host, origin: 'null' }],
  ['a cross-site request without Origin', { host, 'sec-fetch-site': 'cross-site' }],
  ['a same-site request without Origin', { host, 'sec-fetch-site': 'same-site' }],
  ['an allowed host over http', { host, origin: 'http://app.acme.com' }],
  ['an allowed host at another port', { host, origin: 'https://app.acme.com:8443' }],
  ['a sibling of an allowed host', { host, origin: 'https://x.acme.com' }],
  ['an allowed host as a prefix', { host, origin: 'https://app.acme.com.evil.example' }],
  ['an allowed host in upper case', { host, origin: 'https://APP.acme.com' }],
  ['the broker\'s host at another port', { host, origin: 'https://broker.acme.com:8443' }],
  ['the broker\'s host with a path', { host, origin: 'https://broker.acme.com/x' }],
  ['two origins', { host, origin: 'https://app.acme.com, https://evil.example' }],
  ['text that is no origin', { host, origin: 'broker.acme.com' }],
  ['an empty origin', { host, origin: '' }],
  ['an origin where there is no Host to compare', { origin: 'https://broker.acme.com' }],
  ['an origin where Host cannot be read', { host: 'a b', origin: 'https://broker.acme.com' }],
]
for (const [what, headers] of refused) {
  t.test(`refuses ${what}`, async (t) => t.throws(() => checkOrigin(headers, allowed), { code: 'origin_not_allowed' }))
}

for (const [what, headers] of [
  ['an Origin, which is an allowed one by then', { host, origin: 'https://app.acme.com' }],
  ['Sec-Fetch-Site: same-origin', { host, 'sec-fetch-site': 'same-origin' }],
] as const) {
  t.test(`takes ${what} as proof of origin`, async (t) => t.doesNotThrow(() => requireProofOfOrigin(headers)))
}

for (const [what, headers] of [
  ['nothing', { host }],
  ['a typed address', { host, 'sec-fetch-site': 'none' }],
  ['a page of the same site', { host, 'sec-fetch-site': 'same-site' }],
  ['a list', { host, 'sec-fetch-site': ['same-origin'] }],
] as const) {
  t.test(`does not take ${what} as proof of origin`, async (t) => {
    t.throws(() => requireProofOfOrigin(headers as OriginHeaders), { code: 'origin_not_allowed', message: /counts only with an allowed Origin/ })
  })
}
