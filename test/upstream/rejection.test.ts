import t from 'tap'
import type { UpstreamError } from '../../src/schemas/upstream.js'
import { faultsNamedIn } from '../../src/upstream/rejection.js'

const length = '/settings/session_length'

const rows: Array<[what: string, error: UpstreamError, pointers: string[]]> = [
  ['a dotted path in words', { detail: 'settings.session_length is too long' }, [length]],
  ['a quoted path, as Joi has it', { detail: '"settings.session_length" must be shorter' }, [length]],
  ['a path that ends a sentence', { detail: 'Check settings.session_length.' }, [length]],
  ['a JSON Pointer', { detail: { path: '/settings/session_length' } }, [length]],
  ['a pointer into the body', { detail: 'body/theme/logo must be a URL' }, ['/theme/logo']],
  ['a path in brackets', { detail: 'settings[session_length]' }, [length]],
  ['a name with an underscore', { message: 'Invalid session_length' }, [length]],
  ['a key', { detail: { redirect_uri: ['is not a URL'] } }, ['/redirect_uri']],
  ['a path as an array', { detail: { issues: [{ path: ['settings', 'session_length'] }] } }, [length]],
  ['a word that is a whole string', { detail: { field: 'email' } }, ['/consumer_metadata/email']],
  ['a word in quotes', { detail: 'the property "email" is not valid' }, ['/consumer_metadata/email']],
  ['a branch', { detail: { theme: 'is not valid' } }, ['/theme']],
  ['an item of an array', { detail: '/settings/unified_apis/0 is not valid' }, ['/settings/unified_apis']],
  ['several', { detail: { redirect_uri: 'x', 'theme.logo': 'y' }, message: 'session_length' }, ['/redirect_uri', length, '/theme/logo']],
  ['the same one twice', { detail: 'session_length', message: 'settings.session_length' }, [length]],
  ['a field rather than its branch', { detail: { settings: { session_length: 'x' } } }, [length]],

  ['no word in a sentence', { detail: 'No email was sent, and the image, theme and logo are fine.' }, []],
  ['nothing that is not in our schema', { detail: { secret_thing: 'x', 'settings.secret': 'y' } }, []],
  ['nothing in nothing', {}, []],
  ['nothing where there are no words', { detail: '!', message: '' }, []],
  ['nothing in other types', { detail: 7, message: null }, []],
  ['nothing that an object inherits', { detail: 'constructor.prototype __proto__' }, []],
]
for (const [what, error, pointers] of rows) {
  t.test(`points to ${what}`, async (t) => {
    t.strictSame(faultsNamedIn(error), pointers.map((pointer) => ({ pointer, message: 'was not accepted by Apideck' })))
  })
}

t.test('looks through so much and no more', async (t) => {
  const far = { detail: Array(1_000).fill({ x: 1 }).concat('session_length') }
  t.strictSame(faultsNamedIn(far), [])
  t.strictSame(faultsNamedIn({ detail: 'x '.repeat(100_000) + 'session_length' }), [])
})
