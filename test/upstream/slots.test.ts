import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { createSlots } from '../../src/upstream/slots.js'

const never = new AbortController().signal

/** A call that is over when it is told. */
function held () {
  let end = () => {}
  const over = new Promise<void>((resolve) => { end = resolve })
  return { call: () => over, end }
}

t.test('as many wait as may, in the order in which they came; one more is refused at once', async (t) => {
  const slots = createSlots({ size: 1, waiting: 2, waitMs: 60_000 })
  const order: string[] = []
  const first = held()
  const calls = [slots.use(never, first.call)]
  for (const name of ['second', 'third']) calls.push(slots.use(never, async () => { order.push(name) }))
  t.ok(slots.isFull)
  await t.rejects(slots.use(never, async () => {}), { code: 'overloaded', facts: { overload: 'too_many_wait' } })
  t.strictSame(order, [])
  first.end()
  await Promise.all(calls)
  t.strictSame(order, ['second', 'third'])
  t.notOk(slots.isFull)
})

t.test('a call that fails frees its slot', async (t) => {
  const slots = createSlots({ size: 1, waiting: 0, waitMs: 60_000 })
  await t.rejects(slots.use(never, async () => { throw new Error('its own') }), { message: 'its own' })
  t.equal(await slots.use(never, async () => 'done'), 'done')
})

t.test('who waits too long is refused, and holds no place', async (t) => {
  const slots = createSlots({ size: 1, waiting: 1, waitMs: 20 })
  const first = held()
  const call = slots.use(never, first.call)
  await t.rejects(slots.use(never, async () => {}), { code: 'overloaded', facts: { overload: 'waited_too_long' } })
  t.notOk(slots.isFull)
  first.end()
  await call
})

t.test('who leaves while waiting holds no place, and makes no call', async (t) => {
  const slots = createSlots({ size: 1, waiting: 1, waitMs: 60_000 })
  const first = held()
  const call = slots.use(never, first.call)
  const leaving = new AbortController()
  let calls = 0
  const waiting = slots.use(leaving.signal, async () => { calls++ })
  await turn()
  leaving.abort()
  await t.rejects(waiting, { name: 'AbortError' })
  t.notOk(slots.isFull)
  await t.rejects(slots.use(leaving.signal, async () => { calls++ }), { name: 'AbortError' }, 'nor does one that has left')
  first.end()
  await call
  t.equal(calls, 0)
  t.equal(await slots.use(never, async () => 'done'), 'done', 'its slot is not lost')
})
