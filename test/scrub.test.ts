import t from 'tap'
import { createScrubber, hideMembers } from '../src/scrub.js'
import { Secret } from '../src/secret.js'

const scrub = createScrubber([new Secret('sk/live+1=='), new Secret('another-secret'), new Secret('"quoted\\secret"')])

const rows: Array<[what: string, text: string, scrubbed: string]> = [
  ['a known secret', 'key sk/live+1== is bad', 'key [secret] is bad'],
  ['each known secret', 'sk/live+1== another-secret', '[secret] [secret]'],
  ['a known secret in a JSON string', JSON.stringify({ msg: '"quoted\\secret"' }), '{"msg":"[secret]"}'],
  ['a known secret, percent-encoded', '?k=sk%2Flive%2B1%3D%3D', '?k=[secret]'],
  ['a known secret in base64', Buffer.from('another-secret').toString('base64'), '[secret]'],
  ['a JWT', 'got eyJhbGciOi.eyJjb25z.c2ln', 'got [secret]'],
  ['an unsecured JWT', 'got eyJhbGciOi.eyJjb25z.', 'got [secret]'],
  ['a bearer token', '"authorization":"Bearer abc.def"', '"authorization":"Bearer [secret]"'],
  ['basic credentials, whatever their case', 'BASIC dXNlcjpwYXNz', 'BASIC [secret]'],
  ['the URL of a session', 'https://vault.apideck.com/session/opaque"', 'https://vault.apideck.com/session/[secret]"'],
  ['a token in a query', '/integrations/crm?jwt=opaque&x=1', '/integrations/crm?jwt=[secret]&x=1'],
  ['nothing else', '{"msg":"request completed","status":200}', '{"msg":"request completed","status":200}'],
]
for (const [what, text, scrubbed] of rows) {
  t.test(`takes out ${what}`, async (t) => t.equal(scrub(text), scrubbed))
}

t.test('takes out what a secret was before it was replaced', async (t) => {
  const key = new Secret('the-first-key')
  const scrub = createScrubber([key])
  key.replace('the-second-key')
  t.equal(scrub('the-first-key, the-second-key'), '[secret], [secret]')
})

t.test('takes out the whole of a secret that begins as another does', async (t) => {
  const key = new Secret('sk_live_1234')
  const scrub = createScrubber([key])
  key.replace('sk_live_1234_tail')
  t.equal(scrub('sk_live_1234_tail sk_live_1234'), '[secret] [secret]')
})

t.test('leaves alone what is too short to be a secret, and what is none yet', async (t) => {
  const password = new Secret('')
  const scrub = createScrubber([password])
  t.equal(scrub('status'), 'status')
  password.replace('status')
  t.equal(scrub('status'), 'status')
  password.replace('long-enough')
  t.equal(scrub('status long-enough'), 'status [secret]')
})

t.test('knows a new value before those who listen after it', async (t) => {
  const key = new Secret('the-first-key')
  const scrub = createScrubber([key])
  let heard = ''
  key.onReplace(() => { heard = scrub(`now ${key.reveal()}`) })
  key.replace('the-second-key')
  t.equal(heard, 'now [secret]')
})

t.test('hides the members of a line that are named as credentials are, and leaves the rest as it is', async (t) => {
  t.equal(hideMembers('{"status":200,"headers":{"cookie":["a"],"cookies":"b"},"msg":"\\"token\\":"}\n'),
    '{"status":200,"headers":{"cookie":"[secret]","cookies":"b"},"msg":"\\"token\\":"}\n')
  t.equal(hideMembers('{"msg":"\\"token\\": words", "fields":["token"]}\n'), '{"msg":"\\"token\\": words", "fields":["token"]}\n')
})
