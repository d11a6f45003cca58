import t from 'tap'
import { Availability } from '../src/availability.js'

t.test('a watcher hears of each change once, and how long it was away', async (t) => {
  const heard: unknown[] = []
  let now = 1_000
  const availability = new Availability({ lost: (facts) => heard.push(facts), regained: (facts) => heard.push(facts) }, () => now)

  availability.regain()
  t.notOk(availability.isLost)
  availability.lose('ECONNREFUSED')
  availability.lose('ETIMEDOUT')
  t.ok(availability.isLost)
  now += 1_500
  availability.regain({ counted_in_memory: 3 })
  availability.regain()
  availability.lose('timeout')
  t.strictSame(heard, [{ failure: 'ECONNREFUSED' }, { lost_for_ms: 1_500, counted_in_memory: 3 }, { failure: 'timeout' }])
})
