import fc from 'fast-check'
import type { Case } from './case.js'
import { cases, slowCases } from './cases.js'
import { startConfigurations } from './configurations.js'
import { startIssuer } from './issuer.js'
import { Lane } from './lane.js'
import { Summary } from './summary.js'
import { startUpstream } from './upstream.js'

export interface RunOptions {
  cases: number
  seed: number
  /** Told now and then how far it is. */
  progress?: (line: string) => void
  /** The one configuration to try. */
  only?: string
  /** What Node is started with for the broker. */
  args?: readonly string[]
}

/** One thing that is wrong: what, and the smallest case that shows it. */
export interface FoundFault {
  configuration: string
  what: string
  shrunk?: Case
}

/** Cases that are made in a row, so that memory is level. */
const ROUND = 400

/** One in so many takes seconds: those are run beside the others. */
const CASES_PER_SLOW_ONE = 4_000

/** Runs so many cases, the same ones for the same seed, on all configurations at once. */
export async function run ({ cases: total, seed, progress = () => {}, ...how }: RunOptions): Promise<{ summary: Summary, faults: FoundFault[], calls: number, lines: number, seconds: number }> {
  const [upstream, issuer, summary] = [await startUpstream(), await startIssuer(), new Summary()]
  const faults: FoundFault[] = []
  const { configurations, close } = await startConfigurations(upstream.url, issuer, how)
  const started = performance.now()

  const gather = (configuration: string, found: readonly string[]) => {
    for (const what of found) if (faults.length < 50) faults.push({ configuration, what })
  }
  const lanes = configurations.flatMap(({ broker, settings }) => settings.map((setting) => ({ setting, broker })))
    .map(({ setting, broker }, i) => new Lane(setting, { port: Number(setting.host.split(':')[1]), from: `127.0.0.${i + 2}` }, { broker, upstream, summary }))
  const slow = lanes.filter(({ setting }) => setting.name === 'gateway').slice(-2)
  const quick = lanes.filter((lane) => !slow.includes(lane))
  const slowTotal = slow.length === 0 ? 0 : Math.max(Math.round(total / CASES_PER_SLOW_ONE), slow.length)

  async function work (lane: Lane, i: number, share: number): Promise<void> {
    const all = slow.includes(lane) ? slowCases(lane.setting) : cases(lane.setting)
    for (let done = 0, round = 0; done < share && faults.length === 0; done += ROUND, round++) {
      const property = fc.asyncProperty(all, (one) => lane.run(one))
      const details = await fc.check(property, { seed: seed + i * 100_003 + round * 7_919, numRuns: Math.min(ROUND, share - done) })
      if (!details.failed) continue
      const what = details.errorInstance instanceof Error ? details.errorInstance.name === 'Fault' ? details.errorInstance.message : String(details.errorInstance.stack) : String(details.errorInstance)
      faults.push({ configuration: lane.setting.name, what, ...(details.counterexample === null ? {} : { shrunk: details.counterexample[0] }) })
    }
  }

  const watch = setInterval(() => {
    const seconds = (performance.now() - started) / 1000
    for (const { broker, settings } of configurations) gather(settings[0]?.name ?? '', broker.faults())
    progress(`${summary.cases} cases in ${seconds.toFixed(0)} s, ${(summary.cases / seconds).toFixed(0)} a second, heap ${(process.memoryUsage().heapUsed / 1e6).toFixed(0)} MB`)
  }, 10_000)
  try {
    await Promise.all([
      ...shares(total - slowTotal, quick.length).map((share, i) => work(quick[i] as Lane, i, share)),
      ...shares(slowTotal, slow.length).map((share, i) => work(slow[i] as Lane, quick.length + i, share)),
    ])
  } finally {
    clearInterval(watch)
    for (const lane of lanes) lane.close()
    // After a fault answers are missing that came.
    await close(faults.length === 0 ? summary.left : Infinity)
    await Promise.all([upstream.close(), issuer.close()])
  }
  const seconds = (performance.now() - started) / 1000
  for (const { broker, settings } of configurations) gather(settings[0]?.name ?? '', broker.faults())
  if (summary.shed > total / 10) gather('all', [`more is shed than a busy machine explains: ${summary.shed}`])
  gather('upstream', upstream.faults)
  if (upstream.strays.length > summary.left) gather('upstream', upstream.strays.map((call) => `a call that nobody asked for: ${JSON.stringify(call).slice(0, 500)}`))
  return { summary, faults, calls: upstream.calls, lines: configurations.reduce((sum, { broker }) => sum + broker.lines, 0), seconds }
}

function shares (total: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => Math.floor(total / n) + (i < total % n ? 1 : 0))
}
