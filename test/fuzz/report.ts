import type { run, FoundFault } from './run.js'

/** What a run has shown, a line each. */
export function describe ({ summary, faults, calls, lines, seconds }: Awaited<ReturnType<typeof run>>, seed: number): string[] {
  return [
    ...summary.lines(),
    `calls upstream ${calls}, log lines ${lines}, ${seconds.toFixed(1)} s, ${(summary.cases / seconds).toFixed(0)} cases a second`,
    `seed ${seed}, faults ${faults.length}`,
    ...faults.flatMap(describeFault),
  ]
}

function describeFault ({ configuration, what, shrunk }: FoundFault): string[] {
  const cases = shrunk?.asks.map(({ kind, bytes, expected, shape }) =>
    `  ${kind}, ${shape}: ${JSON.stringify(bytes).slice(0, 4_000)}\n  expected ${JSON.stringify(expected).slice(0, 1_000)}`) ?? []
  const how = shrunk === undefined ? [] : [`  upstream ${shrunk.told}, connection ${shrunk.connection}, cuts ${shrunk.cuts.join()}`]
  return [`fault (${configuration}): ${what}`, ...cases, ...how]
}
