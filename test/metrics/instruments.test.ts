import { Registry } from 'prom-client'
import t from 'tap'
import { Instruments } from '../../src/metrics/instruments.js'

t.test('every instrument has the name of the broker before its own, and its help', async (t) => {
  const registry = new Registry()
  const instruments = new Instruments(registry)
  instruments.counter('calls_total', 'Calls.').inc(2)
  instruments.histogram('call_seconds', 'Their length.', ['route']).observe({ route: '/a' }, 0.3)
  const level = { now: 1 }
  instruments.gauge('level', 'How high.', [], (gauge) => gauge.set(level.now))
  level.now = 7
  const text = await registry.metrics()
  t.match(text, '# HELP vault_session_broker_calls_total Calls.\n# TYPE vault_session_broker_calls_total counter\nvault_session_broker_calls_total 2\n')
  t.match(text, 'vault_session_broker_call_seconds_bucket{le="0.25",route="/a"} 0\nvault_session_broker_call_seconds_bucket{le="0.5",route="/a"} 1\n')
  t.match(text, 'vault_session_broker_level 7\n', 'as it is when it is read')
})

t.test('a tally tells of each of its words from the start', async (t) => {
  const registry = new Registry()
  const count = new Instruments(registry).tally('ends_total', 'Ends.', 'end', ['good', 'bad'])
  count('bad')
  t.match(await registry.metrics(), 'vault_session_broker_ends_total{end="good"} 0\nvault_session_broker_ends_total{end="bad"} 1\n')
})
