import t from 'tap'
import { createMemoryCounter } from '../../src/limits/memory.js'

const clock = { now: () => 0 }

t.test('a key\'s window begins with its first deed and ends by the clock', async (t) => {
  let now = 5_000
  const counter = createMemoryCounter({ windowMs: 60_000, clock: { now: () => now } })
  t.strictSame(await counter.add('acme'), { used: 1, resetMs: 60_000 })
  now += 20_000
  t.strictSame(await counter.add('acme'), { used: 2, resetMs: 40_000 })
  t.strictSame(await counter.add('globex'), { used: 1, resetMs: 60_000 })
  now += 39_999
  t.strictSame(await counter.add('acme'), { used: 3, resetMs: 1 })
  now += 2
  t.strictSame(await counter.add('acme'), { used: 1, resetMs: 60_000 })
})

t.test('what is remembered is bounded: the least recent is forgotten', async (t) => {
  const counter = createMemoryCounter({ windowMs: 60_000, maxKeys: 2, clock: { now: () => 1 } })
  for (const key of ['a', 'b', 'a', 'c']) await counter.add(key)
  t.match(await counter.add('a'), { used: 3 })
  t.match(await counter.add('b'), { used: 1 })
})

t.test('names that objects have are keys like any other', async (t) => {
  const counter = createMemoryCounter({ windowMs: 60_000, clock })
  for (const key of ['__proto__', 'constructor', '']) t.match(await counter.add(key), { used: 1 })
})
