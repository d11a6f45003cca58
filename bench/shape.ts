import { awake } from './cost.js'
import { Clients } from './load.js'
import { inRounds } from './rounds.js'
import { SESSION, textWith, type Subject } from './subjects.js'

/** Open connections, of which the broker takes 800, and bytes of a body, at which a session's cost is measured. */
export const CONNECTIONS = [10, 100, 750] as const
export const BODIES = [200, 1_000, 2_000, 4_000, 8_000, 16_000] as const

/** Requests under way at once, on whatever number of connections. */
const UNDER_WAY = 10

/** Microseconds of processor a session, in each round, for each number of connections, taken in turn by the requests. */
export function measureConnections (subject: Subject, rounds: number, sessions: number): Promise<number[][]> {
  return inRounds(rounds, CONNECTIONS.map((connections) => () => cost(subject, { connections, sessions })))
}

/** The same for each size of body. */
export function measureBodies (subject: Subject, rounds: number, sessions: number): Promise<number[][]> {
  return inRounds(rounds, BODIES.map((bytes) => () => cost({ ...subject, text: textWith(bodyOf(bytes)) }, { connections: UNDER_WAY, sessions })))
}

/** A Session of about so many bytes: the more, the more settings of the consumer. */
export function bodyOf (bytes: number): string {
  const settings: Record<string, string> = {}
  const session = () => JSON.stringify({ ...SESSION, custom_consumer_settings: settings })
  for (let i = 0; session().length < bytes - 60; i++) settings[`setting-${i}`] = 'value '.repeat(8)
  return session()
}

async function cost ({ port, text, usage }: Subject, { connections, sessions }: { connections: number, sessions: number }): Promise<number> {
  const clients = new Clients(port, text)
  try {
    await clients.connect(connections)
    return await awake(async () => {
      // Each connection once before it counts.
      await clients.askFor(connections + 500, UNDER_WAY)
      const before = await usage()
      await clients.askFor(sessions, UNDER_WAY)
      return ((await usage()).cpuMs - before.cpuMs) * 1_000 / sessions
    })
  } finally {
    clients.close()
  }
}
