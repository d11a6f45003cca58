/**
 * `npm run overload`: what becomes of the broker at ten times its capacity. Prints a row for each way of asking: how many
 * sessions it does, as a share of the most that it did before, how fast it refuses the rest, whether probes are answered
 * meanwhile, and what memory it takes. Load, broker and upstream are processes of their own.
 */
import { load, type Manner, type Outcome } from './load.js'
import { megabytes, start } from './process.js'
import { quantile } from './statistics.js'

const seconds = Number(process.argv[2] ?? 8)

/** What bounds the broker: the connections that it may use upstream, or its own processor. */
const scenarios = [
  { bound: 'connections', connections: 32, upstreamMs: 100 },
  { bound: 'processor', connections: 32, upstreamMs: 2 },
]

const sessionsPerSecond = ({ sessions, seconds }: Outcome) => sessions.length / seconds

/** Asks whether the broker lives, ten times a second. Resolves to the longest that it took, once it is told to stop. */
async function probe (port: number, isOver: () => boolean): Promise<number> {
  let longestMs = 0
  while (!isOver()) {
    const since = performance.now()
    const { ok } = await fetch(`http://127.0.0.1:${port}/livez`)
    longestMs = Math.max(longestMs, ok ? performance.now() - since : Infinity)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return longestMs
}

for (const { bound, connections, upstreamMs } of scenarios) {
  const upstream = await start('./upstream.js', [String(upstreamMs)])
  const broker = await start('../dist/server.js', [], {
    HOST: '127.0.0.1',
    PORT: '0',
    IDENTITY: 'static',
    APIDECK_CONSUMER_ID: 'acme',
    APIDECK_API_KEY: 'overload-0123456789',
    APIDECK_APP_ID: 'overload',
    APIDECK_BASE_URL: `http://127.0.0.1:${upstream.port}`,
    UPSTREAM_CONNECTIONS: String(connections),
    RATE_LIMIT_MAX: '1000000',
    RATE_LIMIT_WINDOW_MS: '86400000',
  })
  const capacity = connections * 2
  await load(broker.port, { clients: capacity }, 2)
  const best = await load(broker.port, { clients: capacity }, seconds)
  const most = sessionsPerSecond(best)
  const before = megabytes(broker.child.pid)
  console.log(`\nbound by ${bound}: ${capacity} clients, ${Math.round(most)} sessions a second, ${before} MB`)

  const manners: Array<[what: string, manner: Manner]> = [
    ['ten times the clients, each asks again at once', { clients: capacity * 10 }],
    ['ten times the requests a second', { perSecond: most * 10 }],
  ]
  for (const [what, manner] of manners) {
    let isOver = false
    const probed = probe(broker.port, () => isOver)
    const outcome = await load(broker.port, manner, seconds)
    isOver = true
    console.log([
      `  ${what}:`,
      `${(sessionsPerSecond(outcome) / most).toFixed(2)} of the sessions,`,
      `${Math.round(outcome.refusals.length / outcome.seconds)} refusals a second, median ${quantile(outcome.refusals, 0.5).toFixed(1)} ms, p99 ${quantile(outcome.refusals, 0.99).toFixed(1)} ms,`,
      `slowest probe ${(await probed).toFixed(0)} ms, ${megabytes(broker.child.pid)} MB, ${outcome.others} other answers`,
    ].join(' '))
  }
  for (const program of [broker, upstream]) await program.stop()
}
