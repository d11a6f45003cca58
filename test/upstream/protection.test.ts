import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import type { Exchange } from '../../src/upstream/dispatcher.js'
import { withDeadline } from '../../src/upstream/deadline.js'
import { createProtection } from '../../src/upstream/protection.js'

const answer = (status: number): Exchange => ({ status, headers: {}, text: '' })

function setUp ({ connections = 1, timeoutMs = 5_000 } = {}) {
  const heard: unknown[] = []
  const clock = { now: 1_000 }
  const protection = createProtection({
    connections,
    timeoutMs,
    isBeforeAnswer: () => false,
    watcher: { lost: ({ failure }) => heard.push(failure), regained: () => heard.push('regained') },
    now: () => clock.now,
  })
  return { heard, clock, run: (exchange: () => Promise<Exchange>, gone?: AbortSignal) => withDeadline(timeoutMs, gone, (deadline) => protection.run(exchange, deadline)) }
}

t.test('an upstream that fails is left alone after twenty calls, and asked again a second later', async (t) => {
  const { run, heard, clock } = setUp()
  let exchanges = 0
  const fail = async () => {
    exchanges++
    return answer(500)
  }
  for (let i = 0; i < 20; i++) t.equal((await run(fail)).status, 500)
  await t.rejects(run(fail), { code: 'overloaded', facts: { overload: 'circuit_open' } })
  t.equal(exchanges, 20)
  t.strictSame(heard, ['status_500'])
  clock.now += 1_000
  t.equal((await run(async () => answer(200))).status, 200)
  t.strictSame(heard, ['status_500', 'regained'])
})

t.test('who waits for a slot waits for a quarter of the time at most', async (t) => {
  const { run } = setUp({ timeoutMs: 200 })
  const first = run(() => delay(150, answer(200)))
  await t.rejects(run(async () => answer(200)), { code: 'overloaded', facts: { overload: 'waited_too_long' } })
  await first
})

t.test('calls that were refused or given up do not open the circuit', async (t) => {
  const { run, heard } = setUp()
  for (let i = 0; i < 40; i++) await t.rejects(run(async () => { throw new DOMException('', 'AbortError') }))
  const first = run(() => delay(20, answer(200)))
  const others = await Promise.allSettled(Array.from({ length: 40 }, () => run(async () => answer(200))))
  t.equal(others.filter(({ status }) => status === 'rejected').length, 39)
  await first
  t.strictSame(heard, [])
})
