import t from 'tap'
import { createCounters } from '../../src/limits/counters.js'
import { Secret } from '../../src/secret.js'

t.test('in memory, each limit counts for itself', async (t) => {
  const { sessions, failedAuthentications, close } = await createCounters({ windowMs: 60_000, watcher: () => t.fail('there is nothing to watch') as never })
  t.match(await sessions.add('acme'), { used: 1 })
  t.match(await sessions.add('acme'), { used: 2 })
  t.match(await failedAuthentications.add('acme'), { used: 1 })
  close()
})

t.test('a Redis that cannot be reached is told once, whichever limit finds out', async (t) => {
  const heard: unknown[] = []
  const { sessions, failedAuthentications, close } = await createCounters({
    windowMs: 60_000, redisUrl: new Secret('redis://127.0.0.1:1'), watcher: () => ({ lost: (facts) => heard.push(facts), regained: t.fail }),
  })
  t.strictSame(heard, [{ failure: 'ECONNREFUSED' }], 'as it starts')
  t.match(await sessions.add('acme'), { used: 1 })
  t.match(await sessions.add('acme'), { used: 2 })
  t.match(await failedAuthentications.add('acme'), { used: 1 })
  t.equal(heard.length, 1)
  close()
})
