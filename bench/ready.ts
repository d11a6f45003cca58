import { Clients } from './load.js'
import { inRounds } from './rounds.js'
import type { Subject } from './subjects.js'

/** What a start takes until the first session is answered: milliseconds of time, and of processor. */
export interface Start {
  ms: number
  cpuMs: number
}

/** Starts each server anew in each round, and asks it for one session. */
export function measureStarts (starts: ReadonlyArray<() => Promise<Subject>>, rounds: number): Promise<Start[][]> {
  return inRounds(rounds, starts.map((start) => () => measureStart(start)))
}

async function measureStart (start: () => Promise<Subject>): Promise<Start> {
  const since = performance.now()
  const { port, text, usage, stop } = await start()
  const clients = new Clients(port, text)
  await clients.askFor(1, 1)
  const ms = performance.now() - since
  const { cpuMs } = await usage()
  clients.close()
  await stop()
  return { ms, cpuMs }
}
