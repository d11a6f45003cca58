import t from 'tap'
import { hasUnderscoreTwin, valuesOf } from '../../src/identity/raw-headers.js'

const rawHeaders = ['X-Org', 'acme', 'x-other', 'x-org', 'x-ORG', 'globex', 'X_Token', 'a', 'x-key_1', 'b']

t.test('every value of a header is there, however its name is written', async (t) => {
  t.strictSame(valuesOf({ rawHeaders }, 'x-org'), ['acme', 'globex'])
  t.strictSame(valuesOf({ rawHeaders }, 'x-other'), ['x-org'])
  t.strictSame(valuesOf({ rawHeaders }, 'acme'), [])
})

t.test('a name with an underscore for a dash is a twin', async (t) => {
  t.ok(hasUnderscoreTwin({ rawHeaders }, 'x-token'))
  t.ok(hasUnderscoreTwin({ rawHeaders }, 'x-key-1'))
  t.notOk(hasUnderscoreTwin({ rawHeaders }, 'x-org'))
})
