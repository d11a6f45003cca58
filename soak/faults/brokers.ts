import { setTimeout as delay } from 'node:timers/promises'
import { LINGERS_MS, type Fault } from './fault.js'

/** What happens to the broker's own processes. The first replica runs on, for its memory is watched; the second stops. */

export const brokerFaults: readonly Fault[] = [
  {
    name: 'broker: a replica stops and starts',
    touches: 'probe',
    // Those that are told to stop, or come too late, go to the other one. None that was taken may be lost; a probe that
    // was under way hears of it.
    allows: ['503 shutting_down', 'not taken'],
    sparesEarlier: 'headers',
    lastsMs: [0, 500],
    lingersMs: 500,
    isPossible: ({ issuer }) => performance.now() - issuer.askedAt > 11_000,
    async begin ({ restarted, breaches }) {
      const exited = restarted.stop()
      while (await restarted.isReady()) await delay(20)
      restarted.isTaking = false
      const code = await exited
      if (code !== '0') breaches.add('process', `the replica that was told to stop ended with ${code}`)
      return () => restarted.start()
    },
  },
  {
    name: 'broker: its event loop is held up',
    isBusy: true,
    touches: 'identity',
    allows: ['503 overloaded'],
    lastsMs: [500, 2_000],
    lingersMs: LINGERS_MS,
    slowerMs: 1_000,
    begin ({ steady }, random) {
      steady.block(random.between(100, 800))
      return () => {}
    },
  },
]
