import { Ajv } from 'ajv'
import t from 'tap'
import { describeFaults } from '../../src/schemas/faults.js'
import { strictOptions, vocabulary } from '../../src/schemas/vocabulary.js'

const ajv = new Ajv({ ...strictOptions, ...vocabulary })
const closed = ajv.compile({ type: 'object', additionalProperties: false, properties: { snake_case: { type: 'string', minLength: 2, pattern: '^a', 'x-expected': 'an a and more' } } })
const silent = ajv.compile({ type: 'string' })
const terse = new Ajv().compile({ type: 'string' })
const empty = ajv.compile({ type: 'object', additionalProperties: false })

function faultsOf (body: unknown, validate = closed) {
  validate(body)
  return describeFaults(validate.errors ?? [])
}

t.test('says one thing about a place, however many rules it breaks', async (t) => {
  t.strictSame(faultsOf({ snake_case: '' }), [{ pointer: '/snake_case', message: 'must be an a and more' }])
})

for (const name of ['snakeCase', 'SnakeCase', 'snake-case', 'snakecase', 'SNAKE_CASE']) {
  t.test(`knows ${name} for another spelling of snake_case`, async (t) => {
    t.match(faultsOf({ [name]: 1 }), [{ message: 'is not a known property; did you mean snake_case?' }])
  })
}

t.test('escapes a name as JSON Pointer has it', async (t) => {
  t.match(faultsOf({ 'a/b~c': 1 }), [{ pointer: '/a~1b~0c' }])
})

t.test('does not repeat a name that is very long', async (t) => {
  t.strictSame(faultsOf({ ['x'.repeat(65)]: 1 }), [{ pointer: '', message: 'has a property that is not known here' }])
})

t.test('lists at most twenty', async (t) => {
  const body = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`p${i}`, i]))
  t.equal(faultsOf(body).length, 20)
})

t.test('has words for a schema that says nothing of what it expects', async (t) => {
  for (const validate of [silent, terse]) t.strictSame(faultsOf(1, validate), [{ pointer: '', message: 'must be something else' }])
  t.strictSame(faultsOf({ x: 1 }, empty), [{ pointer: '/x', message: 'is not a known property' }])
})
