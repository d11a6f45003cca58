import { promises, type PromiseName } from './breaches.js'
import { heldUp } from './faults/held-up.js'
import type { Log } from './log.js'
import { slopeOf, type Sample } from './memory.js'
import type { Options } from './options.js'
import type { Parts } from './parts/parts.js'
import type { Weather } from './weather.js'

type Descriptors = ReturnType<Parts['steady']['descriptors']>

/** What the report is made of. */
export interface Findings {
  options: Options
  parts: Parts
  weather: Weather
  log: Log
  samples: readonly Sample[]
  /** Requests of the last phase, without faults. */
  cleanRequests: number
  descriptors: { idle: Descriptors, left: Descriptors }
}

export type Report = ReturnType<typeof createReport>

const MB = 2 ** 20
const names = Object.keys(promises) as PromiseName[]
const sorted = (counts: ReadonlyMap<string, number>) => Object.fromEntries([...counts].sort(([a], [b]) => a < b ? -1 : 1))

/** All that was found, in a form for programs. */
export function createReport ({ options, parts: { ledger, breaches }, weather, log, samples, cleanRequests, descriptors }: Findings) {
  const { minutes, rate, seed } = options
  const faults = new Map([...weather.counts].filter(([name]) => name !== heldUp.name))
  const most = (value: (sample: Sample) => number) => Math.max(...samples.map(value))
  return {
    passed: breaches.isClean,
    minutes,
    rate,
    seed,
    requests: ledger.next,
    clean_requests: cleanRequests,
    abandoned: ledger.abandoned,
    outcomes: sorted(ledger.outcomes),
    faults_switched: [...faults.values()].reduce((sum, count) => sum + count, 0),
    faults: sorted(faults),
    held_up: { times: weather.counts.get(heldUp.name) ?? 0, excused: ledger.excused },
    upstream: { calls: ledger.calls, requests: ledger.callers },
    descriptors,
    heap_mb: samples.map(({ heap }) => Number((heap / MB).toFixed(2))),
    heap_bytes_per_request: slopeOf(samples),
    rss_mb: { most: Math.round(most(({ rss }) => rss) / MB), last: Math.round((samples.at(-1)?.rss ?? 0) / MB) },
    lag_ms: { p99: Math.round(most(({ lagP99 }) => lagP99)), most: Math.round(most(({ lagMax }) => lagMax)) },
    log: { lines: log.lines, messages: sorted(log.messages) },
    breaches: Object.fromEntries(names.map((name) => [name, { count: breaches.count(name), told: breaches.told(name) }])),
  }
}

/** The same for people. */
export function printReport (report: Report): string {
  const { upstream, descriptors: { idle, left }, heap_mb: heap, rss_mb: rss, lag_ms: lag } = report
  const open = (at: Descriptors) => at === undefined ? 'unknown' : `${at.sockets} sockets, ${at.others} others`
  const slope = report.heap_bytes_per_request === undefined ? '' : `, ${report.heap_bytes_per_request.toFixed(1)} bytes with each request`
  return [
    '',
    table('Answers', Object.entries(byOutcome(report.outcomes))),
    table('Faults switched on and off', Object.entries(report.faults)),
    table('Lines of the log', Object.entries(report.log.messages)),
    table('Figures', [
      ['requests', report.requests],
      ['of these without any fault, at the end', report.clean_requests],
      ['of these given up by their client', report.abandoned],
      ['calls upstream', `${upstream.calls} for ${upstream.requests} requests`],
      ['faults switched on and off', `${report.faults_switched}, of ${Object.keys(report.faults).length} kinds`],
      ['times that the machine had no time', `${report.held_up.times}, which alone excuses ${report.held_up.excused} answers`],
      ['open when idle, at the start', open(idle)],
      ['open when idle, at the end', open(left)],
      ['heap after garbage collection', `${heap[0]} MiB after the warm-up, ${heap.at(-1)} MiB at the end, at most ${Math.max(...heap)} MiB${slope}`],
      ['resident memory', `${rss.last} MiB at the end, at most ${rss.most} MiB`],
      ['event loop lag', `${lag.p99} ms at the 99th percentile of the worst sample, at most ${lag.most} ms`],
    ]),
    table('Must be 0', names.map((name) => [promises[name], report.breaches[name]?.count ?? 0])),
    ...names.flatMap((name) => (report.breaches[name]?.told ?? []).map((what) => `${promises[name]}: ${what}`)),
    '',
    `${report.passed ? 'passed' : 'FAILED'} (--minutes ${report.minutes} --rate ${report.rate} --seed ${report.seed})`,
    '',
  ].join('\n')
}

/** Whatever kind of request it was. */
function byOutcome (outcomes: Readonly<Record<string, number>>): Record<string, number> {
  const sums = new Map<string, number>()
  for (const [name, count] of Object.entries(outcomes)) {
    const outcome = name.slice(name.indexOf(': ') + 2)
    sums.set(outcome, (sums.get(outcome) ?? 0) + count)
  }
  return sorted(sums)
}

function table (title: string, rows: ReadonlyArray<readonly [string, string | number]>): string {
  const width = Math.max(...rows.map(([name]) => name.length), 0)
  return [title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), ''].join('\n')
}
