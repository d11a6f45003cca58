import t from 'tap'
import { Metrics } from '../src/metrics.js'
import type { Standing } from '../src/upstream/upstream.js'

const NAME = 'vault_session_broker'

t.test('a dependency is up until it is lost, and how often that was is counted', async (t) => {
  const metrics = new Metrics()
  const heard: unknown[] = []
  const watcher = metrics.watching('Redis', { lost: (facts) => heard.push(facts), regained: (facts) => heard.push(facts) })
  const up = async (value: number, losses: number) => {
    const text = await metrics.text()
    t.match(text, `\n${NAME}_dependency_up{dependency="Redis"} ${value}\n`)
    t.match(text, `\n${NAME}_dependency_losses_total{dependency="Redis"} ${losses}\n`)
  }
  await up(1, 0)
  watcher.lost({ failure: 'ECONNREFUSED' })
  await up(0, 1)
  watcher.regained({ lost_for_ms: 7 })
  await up(1, 1)
  t.strictSame(heard, [{ failure: 'ECONNREFUSED' }, { lost_for_ms: 7 }], 'whoever watches hears of it as before')
})

const standings: Array<[Standing['circuit'], closed: number, open: number, halfOpen: number]> = [
  ['closed', 1, 0, 0],
  ['open', 0, 1, 0],
  ['half_open', 0, 0, 1],
]
for (const [circuit, closed, open, halfOpen] of standings) {
  t.test(`a circuit that is ${circuit} is in that state and in no other`, async (t) => {
    const metrics = new Metrics()
    metrics.reading({ standing: { circuit, inFlight: 3, waiting: 2 } })
    const text = await metrics.text()
    t.match(text, `\n${NAME}_circuit_state{state="closed"} ${closed}\n`)
    t.match(text, `\n${NAME}_circuit_state{state="open"} ${open}\n`)
    t.match(text, `\n${NAME}_circuit_state{state="half_open"} ${halfOpen}\n`)
  })
}

t.test('calls under way and those that wait are told as they are at that moment', async (t) => {
  const metrics = new Metrics()
  const standing = { circuit: 'closed' as const, inFlight: 3, waiting: 2 }
  metrics.reading({ standing })
  const told = async (inFlight: number, waiting: number) => {
    const text = await metrics.text()
    t.match(text, `\n${NAME}_upstream_calls_in_flight ${inFlight}\n`)
    t.match(text, `\n${NAME}_upstream_calls_waiting ${waiting}\n`)
  }
  await told(3, 2)
  Object.assign(standing, { inFlight: 1, waiting: 0 })
  await told(1, 0)
})
