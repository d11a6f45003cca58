import { setTimeout as delay } from 'node:timers/promises'
import { lanes, runLane } from './lanes.js'
import { judgeHeap, type Sample } from './memory.js'
import type { Options } from './options.js'
import type { Parts } from './parts/parts.js'
import { startStage, type Stage } from './parts/start.js'
import { createRandom } from './random.js'
import { createReport, type Report } from './report.js'

/** Milliseconds. */
const PHASES = { warmUp: 3_000, green: 45_000, quiet: 2_000, cleanLeast: 3_000, cleanMost: 60_000, sampleLeast: 1_000, sampleMost: 30_000, closing: 15_000 }

/** Runs the load, the faults and a last phase without any, and reports what became of it. */
export async function runSoak (options: Options, say: (text: string) => void): Promise<Report> {
  const stage = await startStage(options)
  const { parts, weather, log } = stage
  const { steady, load, ledger, breaches } = parts
  const samples: Sample[] = []
  const sample = async () => { samples.push({ ...await steady.measure(), requests: steady.requests }) }
  try {
    const idle = await leastDescriptors(parts, 1_500)
    load.start()
    await delay(PHASES.warmUp)
    await sample()

    say(`faults are switched on and off for ${options.minutes} minutes`)
    const duration = options.minutes * 60_000
    await withSamples(sample, duration, () => blowFaults(options, stage, duration))

    say('all faults are off')
    await untilQuiet(parts)
    ledger.judge(true)
    weather.clear()
    const clean = Math.min(Math.max(duration / 10, PHASES.cleanLeast), PHASES.cleanMost)
    const before = ledger.next
    await delay(clean)
    const cleanRequests = ledger.next - before
    await load.stop()
    const left = await closedDescriptors(parts, idle)
    await sample()
    judgeHeap(samples, breaches)
    await stage.stopBrokers()
    ledger.close(log.refused)
    return createReport({ options, parts, weather, log, samples, cleanRequests, descriptors: { idle, left } })
  } finally {
    await stage.close()
  }
}

/** Switches faults on and off for so long. */
async function blowFaults ({ seed, only, without }: Options, { parts, weather }: Stage, ms: number): Promise<void> {
  const signal = AbortSignal.timeout(ms)
  const isWanted = (name: string) => (only.length === 0 || only.some((text) => name.includes(text))) && !without.some((text) => name.includes(text))
  await Promise.all(lanes
    .map((lane) => ({ ...lane, faults: lane.faults.filter(({ name }) => isWanted(name)) }))
    .filter(({ faults }) => faults.length > 0)
    .map((lane) => runLane(lane, parts, weather, createRandom(seed, lane.name), signal)))
}

async function withSamples (sample: () => Promise<void>, duration: number, run: () => Promise<void>): Promise<void> {
  const every = Math.min(Math.max(duration / 60, PHASES.sampleLeast), PHASES.sampleMost)
  let last = Promise.resolve()
  const timer = setInterval(() => { last = last.then(sample) }, every)
  await run().finally(() => clearInterval(timer))
  await last
}

/** Waits until nothing unusual has been answered for a while. That must come to pass. */
async function untilQuiet ({ ledger, breaches }: Parts): Promise<void> {
  const since = performance.now()
  while (performance.now() - Math.max(ledger.lastTroubleAt, since) < PHASES.quiet) {
    if (performance.now() - since > PHASES.green) {
      breaches.add('process', `not all well ${PHASES.green} ms after the last fault`)
      return
    }
    await delay(100)
  }
}

/** What an idle broker has open: the least that is seen for a while. */
async function leastDescriptors ({ steady }: Parts, ms: number) {
  let least = steady.descriptors()
  for (const until = performance.now() + ms; performance.now() < until; await delay(100)) {
    const now = steady.descriptors()
    if (least !== undefined && now !== undefined) least = { sockets: Math.min(least.sockets, now.sockets), others: Math.min(least.others, now.others) }
  }
  return least
}

/** Waits until no more is open than at the start. That must come to pass. */
async function closedDescriptors ({ steady, breaches }: Parts, idle: ReturnType<Parts['steady']['descriptors']>) {
  const since = performance.now()
  for (;;) {
    const left = steady.descriptors()
    if (idle === undefined || left === undefined || (left.sockets <= idle.sockets && left.others <= idle.others)) return left
    if (performance.now() - since > PHASES.closing) {
      breaches.add('sockets', `${left.sockets} sockets and ${left.others} other descriptors, at the start ${idle.sockets} and ${idle.others}`)
      return left
    }
    await delay(200)
  }
}
