import t from 'tap'
import { createCircuit, type Verdict } from '../../src/upstream/circuit.js'

const failed = { failure: 'status_500' }

/** A circuit on a clock that stands still, and with no chance in it. */
function setUp (random = 0) {
  const heard: unknown[] = []
  const state = { now: 1_000 }
  const circuit = createCircuit({
    watcher: { lost: (facts) => heard.push(facts), regained: (facts) => heard.push(facts) },
    now: () => state.now,
    random: () => random,
  })
  const call = (verdict: Verdict, times = 1) => { for (let i = 0; i < times; i++) circuit.enter()(verdict) }
  return { heard, state, circuit, call }
}

for (const [what, verdicts, opens] of [
  ['nineteen failures', [[failed, 19]], false],
  ['twenty failures', [[failed, 20]], true],
  ['half of twenty', [['answered', 10], [failed, 10]], true],
  ['less than half of twenty', [['answered', 11], [failed, 9]], false],
  ['half of forty', [['answered', 20], [failed, 20]], true],
  ['an answer that is none of its failures, however often', [['answered', 1_000]], false],
  ['calls that were given up, which say nothing', [['neither', 1_000], [failed, 19]], false],
] as Array<[string, Array<[Verdict, number]>, boolean]>) {
  t.test(`${what} ${opens ? 'open' : 'do not open'} it`, async (t) => {
    const { circuit, call } = setUp()
    for (const [verdict, times] of verdicts) call(verdict, times)
    t.equal(circuit.state, opens ? 'open' : 'closed')
  })
}

t.test('what was longer ago than its window counts for nothing', async (t) => {
  const { circuit, call, state } = setUp()
  call(failed, 19)
  state.now += 10_000
  call(failed, 19)
  t.equal(circuit.state, 'closed')
  state.now += 8_999
  call(failed)
  t.equal(circuit.state, 'open')
})

t.test('open, it refuses at once and says when to come back', async (t) => {
  const { circuit, call, state } = setUp()
  call(failed, 20)
  t.throws(() => circuit.enter(), { code: 'overloaded', facts: { overload: 'circuit_open' }, headers: { 'retry-after': '1' } })
  state.now += 999
  t.throws(() => circuit.enter(), { code: 'overloaded' })
})

t.test('half open, it lets one call pass at a time', async (t) => {
  const { circuit, call, state } = setUp()
  call(failed, 20)
  state.now += 1_000
  t.equal(circuit.state, 'half_open')
  const settle = circuit.enter()
  t.throws(() => circuit.enter(), { code: 'overloaded', headers: { 'retry-after': '1' } })
  settle('neither')
  circuit.enter()('answered')
  t.equal(circuit.state, 'closed')
  call(failed, 19)
  t.equal(circuit.state, 'closed', 'and all begins anew')
})

t.test('each probe that fails doubles the time, up to half a minute', async (t) => {
  const { circuit, call, state, heard } = setUp()
  call(failed, 20)
  const waits = []
  for (let i = 0; i < 7; i++) {
    const since = state.now
    while (circuit.state === 'open') state.now += 100
    waits.push(state.now - since)
    call(failed)
  }
  t.strictSame(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  t.throws(() => circuit.enter(), { code: 'overloaded', headers: { 'retry-after': '30' } })
  state.now += 30_000
  call('answered')
  call(failed, 20)
  t.throws(() => circuit.enter(), { code: 'overloaded', headers: { 'retry-after': '1' } })
  t.strictSame(heard, [{ failure: 'status_500' }, { lost_for_ms: 121_000 }, { failure: 'status_500' }])
})

t.test('by chance it is up to half less, so that replicas do not probe as one', async (t) => {
  const { circuit, call, state } = setUp(0.999_999)
  call(failed, 20)
  state.now += 499
  t.equal(circuit.state, 'open')
  state.now += 2
  t.equal(circuit.state, 'half_open')
})

t.test('a call from before it opened says nothing once it has', async (t) => {
  const { circuit, call, heard } = setUp()
  const late = [circuit.enter(), circuit.enter()]
  call(failed, 20)
  for (const [i, settle] of late.entries()) settle(i === 0 ? 'answered' : failed)
  t.equal(circuit.state, 'open')
  t.equal(heard.length, 1)
})
