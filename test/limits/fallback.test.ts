import t from 'tap'
import { createFallback } from '../../src/limits/fallback.js'
import { createMemoryCounter } from '../../src/limits/memory.js'
import { CounterFailure } from '../../src/limits/counter.js'

/** A shared counter that can be taken away, over one in memory, on a clock that stands still. */
function setUp () {
  const heard: unknown[] = []
  const state = { now: 1_000, failure: undefined as string | undefined, asked: 0 }
  const memory = createMemoryCounter({ windowMs: 60_000 })
  const shared = {
    add: async () => {
      state.asked++
      if (state.failure !== undefined) throw new CounterFailure(state.failure)
      return { used: 100, resetMs: 1 }
    },
  }
  const withFallback = createFallback({ watcher: { lost: (facts) => heard.push(facts), regained: (facts) => heard.push(facts) }, now: () => state.now })
  return { heard, state, counter: withFallback(shared, memory), other: withFallback(shared, memory) }
}

t.test('counts are shared while they can be', async (t) => {
  const { counter, heard } = setUp()
  t.match(await counter.add('acme'), { used: 100 })
  t.strictSame(heard, [])
})

t.test('they are kept in memory meanwhile, and one in a second finds out whether that is over', async (t) => {
  const { counter, other, heard, state } = setUp()
  state.failure = 'ECONNREFUSED'
  t.match(await counter.add('acme'), { used: 1 })
  for (let i = 2; i < 50; i++) t.match(await counter.add('acme'), { used: i })
  await other.add('203.0.113.7')
  t.equal(state.asked, 1, 'nobody waits for it twice')

  state.now += 1_000
  await counter.add('acme')
  await counter.add('acme')
  t.equal(state.asked, 2)

  state.failure = undefined
  state.now += 1_000
  t.match(await other.add('acme'), { used: 100 })
  t.match(await counter.add('acme'), { used: 100 })
  t.strictSame(heard, [{ failure: 'ECONNREFUSED' }, { lost_for_ms: 2_000, counted_in_memory: 52 }])
})

t.test('what fails from the start is told at once, and tried all the same', async (t) => {
  const heard: unknown[] = []
  const withFallback = createFallback({ watcher: { lost: (facts) => heard.push(facts), regained: (facts) => heard.push(facts) }, failure: 'ECONNREFUSED', now: () => 0 })
  t.strictSame(heard, [{ failure: 'ECONNREFUSED' }])
  await withFallback({ add: async () => ({ used: 1, resetMs: 1 }) }, createMemoryCounter({ windowMs: 60_000 })).add('acme')
  t.strictSame(heard.at(1), { lost_for_ms: 0, counted_in_memory: 0 })
})

t.test('whoever counts the counts hears where each was made', async (t) => {
  const stores: string[] = []
  const state = { isAway: false }
  const withFallback = createFallback({ watcher: { lost: () => {}, regained: () => {} }, counted: (store) => stores.push(store), now: () => 0 })
  const counter = withFallback({
    add: async () => {
      if (state.isAway) throw new CounterFailure('ECONNREFUSED')
      return { used: 1, resetMs: 1 }
    },
  }, createMemoryCounter({ windowMs: 60_000 }))
  await counter.add('acme')
  state.isAway = true
  await counter.add('acme')
  await counter.add('acme')
  t.strictSame(stores, ['redis', 'memory', 'memory'])
})

t.test('a bug is no outage', async (t) => {
  const withFallback = createFallback({ watcher: { lost: t.fail, regained: t.fail } })
  const broken = withFallback({ add: async () => { throw new TypeError('a bug') } }, createMemoryCounter({ windowMs: 60_000 }))
  await t.rejects(broken.add('acme'), { name: 'TypeError' })
})

t.test('of many that wait at once, the first failure is told, and once', async (t) => {
  const { counter, heard, state } = setUp()
  state.failure = 'timeout'
  await Promise.all(Array.from({ length: 20 }, () => counter.add('acme')))
  t.strictSame(heard, [{ failure: 'timeout' }])
})
