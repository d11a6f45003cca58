import t from 'tap'
import { inRounds } from '../../bench/rounds.js'

t.test('each round begins with the next thing, and each thing keeps what its rounds brought', async (t) => {
  const order: string[] = []
  const thing = (name: string) => async () => {
    order.push(name)
    return order.length
  }
  t.strictSame(await inRounds(3, [thing('a'), thing('b'), thing('c')]), [[1, 6, 8], [2, 4, 9], [3, 5, 7]])
  t.equal(order.join(''), 'abcbcacab')
})
