import t from 'tap'
import { findCredential } from '../../src/identity/token.js'
import { evidence } from '../helpers/evidence.js'

const places = { header: 'x-token', cookie: 'session' }
type Headers = Array<[name: string, value: string]>

const explicit = (token: string | undefined) => ({ token, isSentByBrowser: false })
const sent = (token: string | undefined) => ({ token, isSentByBrowser: true })

const rows: Array<[what: string, headers: Headers, credential: ReturnType<typeof explicit> | undefined]> = [
  ['nothing', [], undefined],
  ['other headers', [['x-other', 'a.b.c'], ['cookie', 'sessions=a.b.c; my-session=d']], undefined],
  ['a bearer token', [['authorization', 'Bearer a.b.c']], explicit('a.b.c')],
  ['a scheme in lower case, and spaces', [['authorization', 'bearer   a.b.c']], explicit('a.b.c')],
  ['the header', [['X-Token', 'a.b.c']], sent('a.b.c')],
  ['the cookie', [['cookie', 'x=1; session=a.b.c;y=2']], sent('a.b.c')],
  ['a cookie in a second line', [['cookie', 'x=1'], ['cookie', 'session=a.b.c']], sent('a.b.c')],

  ['Authorization before the header before the cookie', [['cookie', 'session=c'], ['x-token', 'b'], ['authorization', 'Bearer a']], explicit('a')],
  ['the header before the cookie', [['cookie', 'session=c'], ['x-token', 'b']], sent('b')],

  ['another scheme, with a good cookie', [['authorization', 'Basic YTpi'], ['cookie', 'session=a.b.c']], explicit(undefined)],
  ['an empty Authorization, with a good cookie', [['authorization', ''], ['cookie', 'session=a.b.c']], explicit(undefined)],
  ['a scheme without a token, with a good header', [['authorization', 'Bearer'], ['x-token', 'a.b.c']], explicit(undefined)],
  ['a token without a scheme', [['authorization', 'a.b.c']], explicit(undefined)],
  ['two tokens', [['authorization', 'Bearer a, Bearer b']], explicit(undefined)],
  ['two of Authorization', [['authorization', 'Bearer a'], ['Authorization', 'Bearer a']], explicit(undefined)],
  ['two of the header', [['x-token', 'a'], ['x-token', 'b']], sent(undefined)],
  ['an empty header, with a good cookie', [['x-token', ''], ['cookie', 'session=a.b.c']], sent(undefined)],
  ['two cookies of the name', [['cookie', 'session=a; session=b']], sent(undefined)],
  ['an empty cookie', [['cookie', 'session=']], sent(undefined)],
  ['a quoted cookie', [['cookie', 'session="a.b.c"']], sent(undefined)],
  ['a neighbour\'s cookie behind a space that is none', [['cookie', '\u00a0session=a.b.c']], undefined],
  ['a token before a space that is none', [['cookie', 'session=a.b.c\u00a0']], sent(undefined)],
  ['a cookie in capitals', [['cookie', 'SESSION=a.b.c']], undefined],
  ['a token with white space', [['authorization', 'Bearer a b']], explicit(undefined)],
  ['a token of any length', [['authorization', `Bearer ${'a'.repeat(8_193)}`]], explicit(undefined)],
]
for (const [what, headers, credential] of rows) {
  t.test(`${what} ${headers.length === 0 ? 'is no credential' : `is read as ${JSON.stringify(credential ?? 'none')}`}`, async (t) => {
    t.strictSame(findCredential(evidence(headers), places), credential)
  })
}

t.test('a place that is not named is not looked at', async (t) => {
  t.equal(findCredential(evidence([['x-token', 'a'], ['cookie', 'session=b; undefined=c']]), {}), undefined)
})
