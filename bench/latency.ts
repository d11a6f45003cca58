import { awake } from './cost.js'
import { Clients, type Outcome } from './load.js'
import { inRounds } from './rounds.js'
import { quantile } from './statistics.js'
import type { Subject } from './subjects.js'

/** Milliseconds that half of the answers, and all but one in a hundred, took at most. */
export interface Latency {
  median: number
  p99: number
}

/** Where something answers, and what to ask it. */
export type Place = Pick<Subject, 'port' | 'text'>

/** How long answers take at so many requests a second, each round so many seconds. The first round warms up. */
export async function measureLatencies (places: readonly Place[], { rounds, seconds, perSecond }: { rounds: number, seconds: number, perSecond: number }): Promise<Latency[][]> {
  const latencies = await inRounds(rounds + 1, places.map((place) => async () => latencyIn(await ask(place, perSecond, seconds))))
  return latencies.map((each) => each.slice(1))
}

async function ask ({ port, text }: Place, perSecond: number, seconds: number): Promise<Outcome> {
  const clients = new Clients(port, text)
  try {
    return await awake(() => clients.ask({ perSecond }, { seconds }))
  } finally {
    clients.close()
  }
}

function latencyIn ({ sessions, refusals, others }: Outcome): Latency {
  if (refusals.length + others > 0) throw new Error(`${refusals.length + others} answers were no sessions`)
  return { median: quantile(sessions, 0.5), p99: quantile(sessions, 0.99) }
}
