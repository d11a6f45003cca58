import t from 'tap'
import { limitHeaders, secondsLeft } from '../../src/policy/limit.js'

const limit = { name: 'session', max: 30, windowMs: 60_000 }

t.test('a limit and what is left of it, in the syntax of the draft', async (t) => {
  t.strictSame(limitHeaders(limit, 18, 40_001), { 'ratelimit-policy': '"session";q=30;w=60', ratelimit: '"session";r=12;t=41' })
  t.strictSame(limitHeaders({ ...limit, windowMs: 1_500 }, 1, 1_500), { 'ratelimit-policy': '"session";q=30;w=2', ratelimit: '"session";r=29;t=2' })
})

t.test('nothing is left past the limit', async (t) => {
  t.match(limitHeaders(limit, 31, 5_000), { ratelimit: '"session";r=0;t=5' })
})

t.test('who waits waits at least a second, in whole ones', async (t) => {
  for (const [resetMs, seconds] of [[0, 1], [-5, 1], [1, 1], [1_000, 1], [1_001, 2]] as const) t.equal(secondsLeft(resetMs), seconds)
})
