import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below those that systems give out by themselves, so that none is gone before whoever asked for it listens there. */
const LOWEST = 20_000
const COUNT = 12_000

let next = Math.floor(Math.random() * COUNT)

/** The preferred port, if nothing listens there on 127.0.0.1, else one that is free; 0 prefers none. */
export async function freePort (preferred: number): Promise<number> {
  const port = preferred === 0 ? LOWEST + next++ % COUNT : preferred
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return freePort(0)
  }
  probe.close()
  await once(probe, 'close')
  return port
}
