import t from 'tap'
import type { Fault, Outcome, Reach } from '../../soak/faults/fault.js'
import { Weather } from '../../soak/weather.js'

const fault = (more: Partial<Fault> = {}): Fault => ({
  name: 'a fault', touches: 'upstream', allows: ['502 upstream_error'], lastsMs: [0, 0], lingersMs: 1_000, begin: () => () => {}, ...more,
})

/** Of a fault that was on from `now - 5000` to now. */
function over (more: Partial<Fault> = {}) {
  const weather = new Weather()
  const now = performance.now()
  weather.end(weather.begin(fault(more), now - 5_000))
  return { now, weather, allows: (outcome: Outcome, reach: Reach, from: number, to: number) => weather.allows(outcome, reach, now + from, now + to) }
}

const rows: Array<[what: string, more: Partial<Fault>, outcome: Outcome, reach: Reach, from: number, to: number, isAllowed: boolean]> = [
  ['while it is on', {}, '502 upstream_error', 'upstream', -100, -50, true],
  ['in a request that began before it', {}, '502 upstream_error', 'upstream', -6_000, -4_000, true],
  ['before it', {}, '502 upstream_error', 'upstream', -6_000, -5_500, false],
  ['soon after it', {}, '502 upstream_error', 'upstream', 500, 600, true],
  ['later', {}, '502 upstream_error', 'upstream', 1_500, 1_600, false],
  ['of another kind', {}, '502 upstream_unreachable', 'upstream', -100, -50, false],
  ['for requests that do not get so far', {}, '502 upstream_error', 'identity', -100, -50, false],
  ['for requests that get further', { touches: 'probe' }, '502 upstream_error', 'identity', -100, -50, true],
  ['for requests sent earlier that it spares', { sparesEarlier: 'upstream' }, '502 upstream_error', 'upstream', -6_000, -4_000, false],
  ['for those sent earlier that it does not spare', { touches: 'probe', sparesEarlier: 'upstream' }, '502 upstream_error', 'identity', -6_000, -4_000, true],
  ['overloaded where the circuit does not open', {}, '503 overloaded', 'upstream', -100, -50, false],
  ['overloaded where it does', { opensCircuit: true }, '503 overloaded', 'upstream', -100, -50, true],
  ['overloaded until a probe is due', { opensCircuit: true }, '503 overloaded', 'upstream', 15_000, 15_100, true],
  ['overloaded until a probe is due, of a fault that allows it meanwhile too', { opensCircuit: true, allows: ['503 overloaded'] }, '503 overloaded', 'upstream', 15_000, 15_100, true],
  ['overloaded when a probe was due', { opensCircuit: true }, '503 overloaded', 'upstream', 17_000, 17_100, false],
]
for (const [what, more, outcome, reach, from, to, isAllowed] of rows) {
  t.test(`${outcome} ${what} is ${isAllowed ? 'allowed' : 'wrong'}`, async (t) => {
    t.equal(over(more).allows(outcome, reach, from, to), isAllowed)
  })
}

t.test('it knows what was on, and how often', async (t) => {
  const { now, weather } = over({ slowerMs: 7, moreCalls: 1 })
  weather.begin(fault({ name: 'another' }))
  t.strictSame(weather.excuses('502 upstream_error', 'upstream', now - 100, now + 100).map(({ name }) => name), ['a fault', 'another'])
  t.equal(weather.names(now - 100, now + 100), 'a fault, another')
  t.equal(weather.names(now + 500, now + 600), 'a fault (over), another')
  t.equal(weather.names(now - 9_000, now - 8_000), 'nothing')
  t.strictSame([weather.slowerMs(now - 100, now + 100), weather.moreCalls(now - 100, now + 100)], [7, 1])
  t.strictSame([weather.slowerMs(now - 9_000, now - 8_000), weather.moreCalls(now - 9_000, now - 8_000)], [0, 0])
  t.strictSame([...weather.counts], [['a fault', 1], ['another', 1]])
})

t.test('some of what it allows needs a broker that has little time', async (t) => {
  const { now, weather } = over({ allowsWhenBusy: ['502 upstream_auth_failed'] })
  const excuses = () => weather.excuses('502 upstream_auth_failed', 'upstream', now - 100, now + 100).map(({ name }) => name)
  t.strictSame(excuses(), [])
  weather.begin(fault({ name: 'a burst', isBusy: true }))
  t.strictSame(excuses(), ['a burst'])
})

t.test('from a clearing on nothing is allowed, whatever was', async (t) => {
  const { weather, allows } = over()
  weather.clear()
  t.notOk(allows('502 upstream_error', 'upstream', -100, -50))
})
