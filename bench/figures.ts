import { distanceFromLine, median, ratioOf, type Ratio } from './statistics.js'

/** All that a run has measured, as it came: of each server what every round brought. */
export interface Figures {
  node: string
  servers: Server[]
  /** Microseconds of processor for the check of one token, in each round. */
  signature: number[]
  /** Milliseconds, of the 99th in a hundred answers, in each round, at so many requests a second. */
  latency: { perSecond: number, direct: number[], bare: number[], broker: number[] }
  /** Microseconds of processor a session, in each round, by the number of connections, and by bytes of the body. */
  connections: Record<'bare' | 'broker', Array<[connections: number, costs: number[]]>>
  bodies: Array<[bytes: number, costs: number[]]>
}

export interface Server {
  name: string
  /** Microseconds of processor a session, in each round. */
  costs: number[]
  /** After 100,000 sessions. */
  megabytes: number
  /** Milliseconds from its start to its first answer. */
  starts: number[]
}

/** What was to be, and what is. */
export interface Goal {
  goal: string
  wanted: string
  measured: string
  isMet: boolean
}

/** The goals of docs/performance.md, held to a run. */
export function goalsOf ({ servers, signature, latency, connections, bodies }: Figures): Goal[] {
  const of = (name: string) => servers.find((server) => server.name === name) ?? { name, costs: [], megabytes: NaN, starts: [] }
  const [bare, broker, jwt, express] = [of('bare'), of('broker'), of('broker, jwt'), of('express + SDK')]
  const check = ratioOf(jwt.costs.map((cost, round) => cost - (broker.costs[round] ?? NaN)), signature)
  const added = median(latency.broker.map((p99, round) => p99 - (latency.bare[round] ?? NaN)))
  const growth = ([few = [0, []], ...more]: Figures['connections']['bare']) => Math.max(...more.map(([, costs]) => ratioOf(costs, few[1]).median))
  const bend = distanceFromLine(bodies.map(([bytes, costs]) => [bytes, median(costs)]))
  return [
    atMost('CPU a session, to the bare one', ratioOf(broker.costs, bare.costs), 1.25),
    { ...atMost('CPU a session, Express with the SDK to it', ratioOf(express.costs, broker.costs), Infinity), wanted: 'at least 6', isMet: ratioOf(express.costs, broker.costs).median >= 6 },
    atMost('CPU that jwt adds, to the check of one signature', check, 1),
    atMost('time until ready, to the bare one', ratioOf(broker.starts, bare.starts), 2.5),
    one('memory after 100,000 sessions, to the bare one', broker.megabytes / bare.megabytes, 1.3),
    one('p99 beyond the bare one, at half of capacity, in ms', added, 2),
    one(`CPU a session with more connections, to that with few (bare: ${growth(connections.bare).toFixed(2)})`, growth(connections.broker), 1.05),
    one('CPU a session by bytes of the body, off a straight line', bend, 0.1),
  ]
}

function atMost (goal: string, { median, from, to }: Ratio, wanted: number): Goal {
  return { goal, wanted: `at most ${wanted}`, measured: `${median.toFixed(2)} (${from.toFixed(2)} to ${to.toFixed(2)})`, isMet: median <= wanted }
}

function one (goal: string, measured: number, wanted: number): Goal {
  return { goal, wanted: `at most ${wanted}`, measured: measured.toFixed(2), isMet: measured <= wanted }
}

/** The servers beside each other, and to the first. */
export function rowsOf ({ servers }: Figures): string[][] {
  const [base] = servers
  if (base === undefined) return []
  const ratio = (values: readonly number[], to: readonly number[]) => values.length === 0 ? '–' : ratioOf(values, to).median.toFixed(2)
  return servers.map(({ name, costs, starts, megabytes }) => [
    name,
    median(costs).toFixed(0), ratio(costs, base.costs),
    starts.length === 0 ? '–' : median(starts).toFixed(0), ratio(starts, base.starts),
    megabytes.toFixed(0), (megabytes / base.megabytes).toFixed(2),
  ])
}

/** A table in Markdown. */
export function table (head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
