import t from 'tap'
import { distanceFromLine, median, quantile, ratioOf, sorted } from '../../bench/statistics.js'

t.test('values are sorted as numbers, and those that were given are left as they are', async (t) => {
  const values = [10, 9, 100]
  t.strictSame(sorted(values), [9, 10, 100])
  t.strictSame(values, [10, 9, 100])
})

t.test('a quantile is a value, and there is none of nothing', async (t) => {
  const values = Array.from({ length: 100 }, (_, i) => i)
  t.equal(quantile(values, 0.5), 50)
  t.equal(quantile(values, 0.99), 99)
  t.ok(Number.isNaN(quantile([], 0.5)))
})

t.test('the median does not care about one round that something else held up', async (t) => {
  t.equal(median([3, 1_000, 1, 2, 4]), 3)
})

t.test('a ratio is taken round by round, so that a machine that is slow for a while counts for neither', async (t) => {
  t.strictSame(ratioOf([2, 20, 4, 6], [1, 10, 2, 2]), { median: 2, from: 2, to: 3 })
  t.ok(Number.isNaN(ratioOf([2], []).median))
})

t.test('a straight line has no distance, and the worst point counts', async (t) => {
  t.equal(distanceFromLine([[0, 10], [1, 12], [2, 14]]), 0)
  t.match(distanceFromLine([[0, 10], [1, 10], [2, 10], [3, 14]]).toFixed(2), '0.14')
})
