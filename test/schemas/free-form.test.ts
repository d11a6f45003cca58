import t from 'tap'
import { isWithinLimits } from '../../src/schemas/free-form.js'

const limits = { depth: 3, entries: 5, keyLength: 4, stringLength: 6 }
const nested = (levels: number): unknown => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels))

const rows: Array<[what: string, value: unknown, isWithin: boolean]> = [
  ['an empty object', {}, true],
  ['as many levels as allowed', nested(3), true],
  ['a level too many', nested(4), false],
  ['a level too many in arrays', { a: [[[]]] }, false],
  ['as many entries as allowed', { a: [1, 2, 3], b: null }, true],
  ['an entry too many', { a: [1, 2, 3, 4], b: null }, false],
  ['the longest key', { abcd: 1 }, true],
  ['a longer key', { abcde: 1 }, false],
  ['the longest string', { a: 'abcdef' }, true],
  ['a longer string', { a: ['abcdefg'] }, false],
  ['the largest exact integer', { a: Number.MAX_SAFE_INTEGER }, true],
  ['an integer that a double rounds', JSON.parse('{"a":9007199254740993}'), false],
  ['a number that overflows', JSON.parse('{"a":1e999}'), false],
  ['a fraction', { a: 0.1 }, true],
]
for (const [what, value, isWithin] of rows) {
  t.test(`${isWithin ? 'takes' : 'refuses'} ${what}`, async (t) => t.equal(isWithinLimits(limits, value), isWithin))
}

t.test('nesting that would exhaust a recursive walk is only refused', async (t) => {
  const levels = 100_000
  t.notOk(isWithinLimits({ ...limits, entries: 1e6 }, JSON.parse('['.repeat(levels) + ']'.repeat(levels))))
})
