import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { matchRedirectUri, parseRedirectUri } from '../../src/schemas/redirect-uri.js'

const accepted: Array<[text: string, canonical: string]> = [
  ['https://app.acme.com', 'https://app.acme.com/'],
  ['https://app.acme.com/', 'https://app.acme.com/'],
  ['https://app.acme.com?a=1', 'https://app.acme.com/?a=1'],
  ['https://app.acme.com/integrations?tab=crm&x=%20', 'https://app.acme.com/integrations?tab=crm&x=%20'],
  ['https://app.acme.com:8443/a', 'https://app.acme.com:8443/a'],
  ['https://xn--bcher-kva.example/', 'https://xn--bcher-kva.example/'],
  ['http://localhost:4000/settings', 'http://localhost:4000/settings'],
  ['http://127.0.0.1:4000/', 'http://127.0.0.1:4000/'],
  ['http://[::1]:4000/', 'http://[::1]:4000/'],
]
for (const [text, canonical] of accepted) {
  t.test(`reads ${text}`, async (t) => t.equal(parseRedirectUri(text)?.href, canonical))
}

const refused: Array<[what: string, text: string]> = [
  ['nothing', ''],
  ['a relative reference', '/integrations'],
  ['a network-path reference', '//app.acme.com'],
  ['plain http', 'http://app.acme.com/'],
  ['a script', 'javascript:alert(1)//https://app.acme.com'],
  ['a data URL', 'data:text/html,x'],
  ['a blob', 'blob:https://app.acme.com/1'],
  ['another scheme', 'ftp://app.acme.com/'],
  ['a user', 'https://app.acme.com@evil.example/'],
  ['a user and a password', 'https://a:b@app.acme.com/'],
  ['an empty user', 'https://@app.acme.com/'],
  ['a fragment', 'https://app.acme.com/#x'],
  ['an empty fragment', 'https://app.acme.com/#'],
  ['a backslash for a slash', 'https://app.acme.com\\@evil.example/'],
  ['backslashes after the scheme', 'https:\\\\app.acme.com/'],
  ['a backslash in the path', 'https://app.acme.com/a\\b'],
  ['one slash after the scheme', 'https:/app.acme.com/'],
  ['three slashes after the scheme', 'https:///app.acme.com/'],
  ['a leading space', ' https://app.acme.com/'],
  ['a trailing space', 'https://app.acme.com/ '],
  ['a space inside', 'https://app.acme.com/a b'],
  ['a tab in the scheme', 'ht\ttps://app.acme.com/'],
  ['a line feed in the host', 'https://app.acme\n.com/'],
  ['a carriage return', 'https://app.acme.com/\r\nx: y'],
  ['a NUL', 'https://app.acme.com/\0'],
  ['a delete character', 'https://app.acme.com/\x7f'],
  ['an upper-case scheme', 'HTTPS://app.acme.com/'],
  ['an upper-case host', 'https://APP.acme.com/'],
  ['the default port', 'https://app.acme.com:443/'],
  ['an empty port', 'https://app.acme.com:/'],
  ['a port with a leading zero', 'https://app.acme.com:08443/'],
  ['an encoded host', 'https://app%2eacme.com/'],
  ['a full-width host', 'https://ａpp.acme.com/'],
  ['an ideographic full stop', 'https://app。acme.com/'],
  ['a soft hyphen in the host', 'https://app\u00ad.acme.com/'],
  ['a host in Unicode', 'https://bücher.example/'],
  ['dot segments', 'https://app.acme.com/a/../b'],
  ['encoded dot segments', 'https://app.acme.com/a/%2e%2e/b'],
  ['a double slash in the path', 'https://app.acme.com//evil.example'],
  ['a double slash further on', 'https://app.acme.com/a//b'],
  ['an encoded double slash', 'https://app.acme.com/%2f%2Fevil.example'],
  ['a half-encoded double slash', 'https://app.acme.com/%2fevil.example'],
  ['an encoded line feed', 'https://app.acme.com/a%0Ab'],
  ['an encoded carriage return', 'https://app.acme.com/a%0db'],
  ['an encoded NUL', 'https://app.acme.com/a%00b'],
  ['an encoded backslash', 'https://app.acme.com/a%5Cb'],
  ['an IP address as a number', 'http://2130706433/'],
  ['an IP address in hex', 'http://0x7f.1/'],
  ['an IP address in octal', 'http://0177.0.0.1/'],
  ['a short IP address', 'http://127.1/'],
  ['a long IPv6 loopback', 'http://[0:0:0:0:0:0:0:1]/'],
  ['text that is no URL', 'https://'],
  ['2,049 characters', `https://app.acme.com/${'a'.repeat(2_028)}`],
]
for (const [what, text] of refused) {
  t.test(`refuses ${what}`, async (t) => t.equal(parseRedirectUri(text), undefined))
}

t.test('an entry without a path allows its origin, any other one URL', async (t) => {
  const allowed = ['https://app.acme.com', 'https://other.acme.com/done']
  t.equal(matchRedirectUri('https://app.acme.com/any/path?x=1', allowed), 'https://app.acme.com/any/path?x=1')
  t.equal(matchRedirectUri('https://other.acme.com/done', allowed), 'https://other.acme.com/done')
  for (const text of [
    'https://other.acme.com/done?x=1', 'https://other.acme.com/', 'https://app.acme.com.evil.example/',
    'https://app.acme.com:8443/', 'http://app.acme.com/', 'https://acme.com/', 'https://xapp.acme.com/', '//app.acme.com',
  ]) t.equal(matchRedirectUri(text, allowed), undefined, text)
  t.equal(matchRedirectUri('https://app.acme.com/', []), undefined)
})

/** Scheme and authority by the grammar of RFC 3986, appendix B: what a reader that is not a browser sees. */
function plainOrigin (text: string): string | undefined {
  const match = /^([^:/?#]+):\/\/([^/?#]*)/.exec(text)
  return match === null ? undefined : `${match[1]}://${match[2]}`
}

t.test('whatever is accepted reads as an allowed origin to every parser, and comes out canonical', async (t) => {
  const piece = fc.constantFrom('https:', 'http:', '//', '/', '\\', '@', ':', '#', '?', '%2f', '%5c', '.', '..', 'app.acme.com', 'evil.example', 'APP', '443', '\t', ' ', 'é', '[::1]', '127.0.0.1', 'a')
  const uri = fc.oneof(
    fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join('')),
    fc.array(piece, { maxLength: 8 }).map((pieces) => `https://app.acme.com${pieces.join('')}`),
    fc.webUrl({ withQueryParameters: true, withFragments: true })
  )
  let seen = 0
  fc.assert(fc.property(uri, (text) => {
    const canonical = matchRedirectUri(text, ['https://app.acme.com'])
    if (canonical === undefined) return
    seen++
    assert.equal(new URL(canonical).href, canonical)
    for (const reading of [text, canonical]) {
      assert.equal(new URL(reading).origin, 'https://app.acme.com')
      assert.equal(plainOrigin(reading), 'https://app.acme.com')
    }
  }), { numRuns: 5_000 })
  t.ok(seen > 100, 'the property is not empty')
})
