import type { Breaches } from '../breaches.js'
import { BOUNDS, type Ledger } from '../ledger.js'
import type { Replica } from '../parts/broker.js'
import type { Random } from '../random.js'
import type { Callers } from './callers.js'
import { prepare } from './kinds.js'
import { Pool } from './pool.js'

const TICK_MS = 5

/** More than this falls due at once only where the soak itself was held up; the rest is dropped. */
const MOST_AT_ONCE = 500

/** From so late a tick on, what the broker needs of the soak comes late as well. */
const HELD_UP_MS = 300

/** What the load is made of, and who takes it. */
export interface LoadOptions {
  rate: number
  replicas: readonly Replica[]
  callers: Callers
  ledger: Ledger
  breaches: Breaches
  random: Random
  /** Hears by how many milliseconds the soak itself was held up. */
  onHeldUp: (ms: number) => void
}

/** Requests at a rate, whatever becomes of those before (an open loop), over keep-alive connections as a proxy has them. */
export interface Load {
  /** Requests that wait for a connection. */
  readonly waiting: number
  rate: number
  /** Times the rate. */
  factor: number
  start (): void
  /** Sends no more, and resolves once all have come to their end and connections are closed. */
  stop (): Promise<void>
}

export function createLoad ({ rate, replicas, callers, ledger, breaches, random, onHeldUp }: LoadOptions): Load {
  const onExtra = (text: string) => breaches.add('stray', `more than was asked for: ${text.slice(0, 80)}`)
  const pools = new Map(replicas.map((replica): [Replica, Pool] => [replica, new Pool(replica.port, onExtra)]))
  let waiting = 0
  let timer: NodeJS.Timeout | undefined
  let due = 0
  let last = performance.now()

  function tick (): void {
    const now = performance.now()
    if (now - last - TICK_MS > HELD_UP_MS) onHeldUp(now - last)
    due = Math.min(due + (now - last) * rate * load.factor / 1000, MOST_AT_ONCE)
    last = now
    // As many as chance has it, that much on average: people do not come in step.
    while (due > 0) {
      due += Math.log(1 - random.next())
      send().catch((error: unknown) => breaches.add('process', `the load: ${String(error)}`))
    }
  }

  function someReplica (): Replica | undefined {
    const [first = replicas[0], ...others] = replicas.filter(({ isTaking }) => isTaking)
    return first && random.pick([first, ...others])
  }

  async function send (): Promise<void> {
    const replica = someReplica()
    const pool = replica && pools.get(replica)
    if (replica === undefined || pool === undefined) return
    waiting++
    const connection = await pool.take()
    waiting--
    const entry = ledger.send(prepare(ledger.next, callers, random))
    replica.requests++
    const result = await connection.ask(entry.request.bytes, BOUNDS.lostMs)
    if ('status' in result) ledger.answered(entry, result)
    else if (result.why === 'refused') ledger.refused(entry)
    else ledger.broken(entry, result)
    pool.give(connection)
  }

  const load: Load = {
    get waiting () { return waiting },
    rate,
    factor: 1,
    start () {
      last = performance.now()
      due = 0
      timer = setInterval(tick, TICK_MS)
    },
    async stop () {
      clearInterval(timer)
      while (ledger.underway + waiting > 0) await new Promise((resolve) => setTimeout(resolve, 20))
      for (const pool of pools.values()) pool.close()
    },
  }
  return load
}
