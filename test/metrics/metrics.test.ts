import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { Metrics } from '../../src/metrics/metrics.js'
import type { Standing } from '../../src/upstream/upstream.js'
import { version } from '../../src/version.js'
import { without } from '../helpers/programs.js'

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
    metrics.reading({ upstream: { standing: { circuit, inFlight: 3, waiting: 2 } }, connections: { count: 0 } })
    const text = await metrics.text()
    t.match(text, `\n${NAME}_circuit_state{state="closed"} ${closed}\n`)
    t.match(text, `\n${NAME}_circuit_state{state="open"} ${open}\n`)
    t.match(text, `\n${NAME}_circuit_state{state="half_open"} ${halfOpen}\n`)
  })
}

t.test('calls under way, those that wait and connections are told as they are at that moment', async (t) => {
  const metrics = new Metrics()
  const standing = { circuit: 'closed' as const, inFlight: 3, waiting: 2 }
  const connections = { count: 5 }
  metrics.reading({ upstream: { standing }, connections })
  const told = async (inFlight: number, waiting: number, open: number) => {
    const text = await metrics.text()
    t.match(text, `\n${NAME}_upstream_calls_in_flight ${inFlight}\n`)
    t.match(text, `\n${NAME}_upstream_calls_waiting ${waiting}\n`)
    t.match(text, `\n${NAME}_connections ${open}\n`)
  }
  await told(3, 2, 5)
  Object.assign(standing, { inFlight: 1, waiting: 0 })
  connections.count = 4
  await told(1, 0, 4)
})

const tallies: Array<[metric: string, label: string, words: string[], tally: (metrics: Metrics) => (word: never) => void]> = [
  ['counts_total', 'store', ['redis', 'memory'], (metrics) => metrics.counting()],
  ['secrets_replaced_total', 'variable', ['APIDECK_API_KEY', 'REDIS_URL'], (metrics) => metrics.replacing(['APIDECK_API_KEY', 'REDIS_URL'])],
  ['issuer_key_fetches_total', 'result', ['success', 'failure'], (metrics) => metrics.fetching()],
]
for (const [metric, label, words, tally] of tallies) {
  t.test(`${metric} counts each ${label} by itself, from 0`, async (t) => {
    const metrics = new Metrics()
    const count = tally(metrics)
    const told = async () => Array.from((await metrics.text()).matchAll(new RegExp(`^${NAME}_${metric}\\{${label}="(\\w+)"\\} (\\d+)$`, 'gm')), ([, word, value]) => [word, value])
    t.strictSame(await told(), words.map((word) => [word, '0']))
    count(words[1] as never)
    t.strictSame(await told(), words.map((word, i) => [word, String(i)]))
  })
}

t.test('it says which build runs, and how the process fares', async (t) => {
  const text = await new Metrics().text()
  t.match(text, `\n${NAME}_build_info{version="${version}",node="${process.version}"} 1\n`)
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds', 'nodejs_heap_size_used_bytes']) {
    t.match(text, new RegExp(`^${name} [\\d.e-]+$`, 'm'))
  }
})

t.test('each name and help is as Prometheus has them', { skip: without('promtool') }, async (t) => {
  const metrics = new Metrics()
  metrics.watching('Redis', { lost: () => {}, regained: () => {} })
  metrics.reading({ upstream: { standing: { circuit: 'closed', inFlight: 0, waiting: 0 } }, connections: { count: 0 } })
  for (const tally of tallies) tally[3](metrics)
  metrics.requests.unreadable(400, 'invalid_request')
  const checked = promisify(execFile)('promtool', ['check', 'metrics'])
  checked.child.stdin?.end(await metrics.text())
  t.strictSame(await checked, { stdout: '', stderr: '' })
})
