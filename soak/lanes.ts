import { setTimeout as delay } from 'node:timers/promises'
import { brokerFaults } from './faults/brokers.js'
import { clientFaults } from './faults/clients.js'
import type { Fault } from './faults/fault.js'
import { issuerFaults } from './faults/issuer.js'
import { redisFaults } from './faults/redis.js'
import { secretFaults } from './faults/secrets.js'
import { isGreen, upstreamFaults } from './faults/upstream.js'
import type { Parts } from './parts/parts.js'
import type { Random } from './random.js'
import type { Weather } from './weather.js'

/** Faults of which one is on at a time. Those of different lanes meet. */
export interface Lane {
  name: string
  faults: readonly Fault[]
  /** The pause between two. */
  rest: (parts: Parts, random: Random) => Promise<unknown>
}

const pause = (leastMs: number, mostMs: number): Lane['rest'] => (_parts, random) => delay(random.between(leastMs, mostMs))

export const lanes: readonly Lane[] = [
  { name: 'upstream', faults: upstreamFaults, rest: isGreen },
  { name: 'redis', faults: redisFaults, rest: pause(1_000, 6_000) },
  { name: 'issuer', faults: issuerFaults, rest: pause(1_000, 6_000) },
  // A broker does not start without its key, so these are never on at once.
  { name: 'processes', faults: [...secretFaults, ...brokerFaults], rest: pause(1_000, 5_000) },
  { name: 'clients', faults: clientFaults, rest: pause(1_000, 5_000) },
]

/** Switches the faults of a lane on and off, each as often as the others, until told to stop. The last one is off then. */
export async function runLane ({ faults, rest }: Lane, parts: Parts, weather: Weather, random: Random, signal: AbortSignal): Promise<void> {
  let deck: Fault[] = []
  while (!signal.aborted) {
    await rest(parts, random)
    if (deck.length === 0) deck = shuffled(faults, random)
    const next = deck.findIndex(({ isPossible }) => isPossible?.(parts) ?? true)
    if (next < 0 || signal.aborted) continue
    for (const fault of deck.splice(next, 1)) await blow(fault, parts, weather, random, signal)
  }
}

async function blow (fault: Fault, parts: Parts, weather: Weather, random: Random, signal: AbortSignal): Promise<void> {
  const spell = weather.begin(fault)
  try {
    const end = await fault.begin(parts, random)
    await delay(random.between(...fault.lastsMs), undefined, { signal }).catch(() => {})
    await end()
  } catch (error) {
    parts.breaches.add('process', `${fault.name}: ${String(error)}`)
  } finally {
    weather.end(spell)
  }
}

function shuffled<T> (list: readonly T[], random: Random): T[] {
  return list.map((item) => ({ item, place: random.next() })).sort((a, b) => a.place - b.place).map(({ item }) => item)
}
