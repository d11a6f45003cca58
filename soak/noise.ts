import { heldUp } from './faults/held-up.js'
import type { Replica } from './parts/broker.js'
import type { Weather } from './weather.js'

/** Milliseconds: how often it is looked, and from how much waiting for a processor on in between it is told. */
const LOOKS = { everyMs: 250, waitedMs: 150 }

/** How long before it is noticed the trouble may have begun. */
const EARLIER_MS = 1_500

/** Notes that the machine had no time for a broker: what a system kept from running owes nobody an answer in time. */
export function watchNoise (replicas: readonly Replica[], weather: Weather): () => void {
  const waited = new Map(replicas.map((replica): [Replica, number] => [replica, replica.waited()]))
  const timer = setInterval(() => {
    for (const [replica, before] of waited) {
      const now = replica.waited()
      waited.set(replica, now)
      if (now - before > LOOKS.waitedMs) weather.end(weather.begin(heldUp, performance.now() - EARLIER_MS))
    }
  }, LOOKS.everyMs)
  return () => clearInterval(timer)
}
