/**
 * Loaded into the broker before its own code: answers the soak's questions about the process over IPC, and can hold up
 * its event loop.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What a broker's process has and holds, after garbage collection. Bytes and milliseconds. */
export interface Measure {
  heap: number
  rss: number
  /** Since the last measure. */
  lagP99: number
  lagMax: number
}

/** What it can be told. */
export type Order = { measure: true } | { blockMs: number }

const lag = monitorEventLoopDelay({ resolution: 10 })
lag.enable()

process.on('message', (order: Order) => {
  if ('blockMs' in order) block(order.blockMs)
  else process.send?.(measure())
})
// The broker ends by itself, as without us, and never outlives us.
process.channel?.unref()
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))

function measure (): Measure {
  // The pause of the last collection would count as lag.
  const { p99, lagMax } = { p99: lag.percentile(99) / 1e6, lagMax: lag.max / 1e6 }
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  setImmediate(() => lag.reset())
  return { heap: heapUsed + external, rss, lagP99: p99, lagMax }
}

function block (ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
