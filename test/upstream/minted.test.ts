import t from 'tap'
import { readMintedSession } from '../../src/upstream/minted.js'
import { EXPIRES_AT, SESSION_URI, TOKEN } from '../helpers/upstream.js'

const hosts = ['vault.apideck.com', 'localhost:4002']
const read = (data: Record<string, unknown>) => readMintedSession({ data: { session_uri: SESSION_URI, session_token: TOKEN, ...data } }, hosts)
const token = (claims: unknown) => `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

t.test('a session is its URI, its token and its expiry', async (t) => {
  t.strictSame(read({ _raw: null }), { session_uri: SESSION_URI, session_token: TOKEN, expires_at: EXPIRES_AT })
})

for (const uri of ['https://vault.apideck.com/session/x', 'https://localhost:4002/session/x', `https://vault.apideck.com/${'x'.repeat(32_000)}`]) {
  t.test(`passes on ${uri.slice(0, 60)}`, async (t) => t.equal(read({ session_uri: uri })?.session_uri, uri))
}

const refused: Array<[what: string, data: Record<string, unknown>]> = [
  ['no URI', { session_uri: undefined }],
  ['no token', { session_token: undefined }],
  ['an empty URI', { session_uri: '' }],
  ['an empty token', { session_token: '' }],
  ['a URI that is no text', { session_uri: 1 }],
  ['http', { session_uri: 'http://vault.apideck.com/session/x' }],
  ['a script', { session_uri: 'javascript:alert(1)' }],
  ['another host', { session_uri: 'https://evil.example/session/x' }],
  ['an allowed host as a prefix', { session_uri: 'https://vault.apideck.com.evil.example/' }],
  ['no slashes', { session_uri: 'https:vault.apideck.com/session/x' }],
  ['one slash', { session_uri: 'https:/vault.apideck.com/session/x' }],
  ['an empty user', { session_uri: 'https://@vault.apideck.com/session/x' }],
  ['an encoded host', { session_uri: 'https://vault%2eapideck.com/session/x' }],
  ['dot segments', { session_uri: 'https://vault.apideck.com/../session/x' }],
  ['markup', { session_uri: 'https://vault.apideck.com/"><script>' }],
  ['another port', { session_uri: 'https://vault.apideck.com:8443/' }],
  ['userinfo', { session_uri: 'https://vault.apideck.com@evil.example/' }],
  ['userinfo before an allowed host', { session_uri: 'https://u:p@vault.apideck.com/' }],
  ['a line feed', { session_uri: 'https://vault.apideck.com/\r\nset-cookie: a=b' }],
  ['a space', { session_uri: 'https://vault.apideck.com/a b' }],
  ['a backslash', { session_uri: 'https:\\\\vault.apideck.com/' }],
  ['text outside ASCII', { session_uri: 'https://vault.apideck.com/é' }],
  ['a relative reference', { session_uri: '/session/x' }],
  ['too long a URI', { session_uri: `https://vault.apideck.com/${'x'.repeat(33_000)}` }],
  ['too long a token', { session_token: 'x'.repeat(33_000) }],
  ['a token with a space', { session_token: 'a b' }],
]
for (const [what, data] of refused) {
  t.test(`does not pass on ${what}`, async (t) => t.equal(read(data), undefined))
}

for (const answer of [undefined, null, [], 'x', {}, { data: null }, { data: [] }]) {
  t.test(`finds no session in ${JSON.stringify(answer)}`, async (t) => t.equal(readMintedSession(answer, hosts), undefined))
}

const undated: Array<[what: string, token: string]> = [
  ['is opaque', 'opaque'],
  ['has no expiry', token({})],
  ['has an expiry that is text', token({ exp: '2027' })],
  ['expires later than a date can be', token({ exp: 1e15 })],
]
for (const [what, sessionToken] of undated) {
  t.test(`leaves the expiry out where the token ${what}`, async (t) => {
    t.strictSame(read({ session_token: sessionToken }), { session_uri: SESSION_URI, session_token: sessionToken })
  })
}
