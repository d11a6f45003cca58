import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Measure, Order } from '../probe.js'

const program = fileURLToPath(new URL('../../dist/server.js', import.meta.url))
const probe = new URL('../probe.js', import.meta.url).href

const READY_WITHIN_MS = 30_000

/** What a replica is run with, and who reads what it writes. */
export interface ReplicaOptions {
  name: string
  port: number
  environment: Record<string, string>
  /** A module to load beside the probe. */
  preload?: string | undefined
  onLine: (line: string, isError: boolean) => void
}

/** The real broker, a process of its own that can be restarted at its port. */
export interface Replica {
  name: string
  port: number
  /** Whether requests go to it. */
  isTaking: boolean
  /** Requests that it was sent. */
  requests: number
  start (): Promise<void>
  /** Tells it to stop. Resolves to its exit code, or the signal that ended it. */
  stop (): Promise<string>
  /** Ends it whatever it does. */
  kill (): void
  isReady (): Promise<boolean>
  measure (): Promise<Measure>
  block (ms: number): void
  /** Milliseconds that the process wanted to run and was not let, in all, where the system tells. */
  waited (): number
  /** Open descriptors by kind, where the system tells. */
  descriptors (): { sockets: number, others: number } | undefined
}

export function createReplica ({ name, port, environment, preload, onLine }: ReplicaOptions): Replica {
  let child: ChildProcess | undefined
  let exited = Promise.resolve('')
  const tell = (order: Order) => child?.send(order)

  const replica: Replica = {
    name,
    port,
    isTaking: false,
    requests: 0,
    async start () {
      const preloads = [probe, ...(preload === undefined ? [] : [preload])].flatMap((module) => ['--import', module])
      const started = spawn(process.execPath, ['--expose-gc', ...preloads, program], {
        env: { ...environment, HOST: '127.0.0.1', PORT: String(port) },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        detached: true,
      })
      child = started
      for (const stream of [started.stdout, started.stderr]) {
        if (stream !== null) createInterface(stream).on('line', (line) => onLine(line, stream === started.stderr))
      }
      let isGone = false
      // With its output read to the end.
      exited = once(started, 'close').then(([code, signal]) => {
        isGone = true
        return [code, signal].join('')
      })
      const tooLate = performance.now() + READY_WITHIN_MS
      while (!await replica.isReady()) {
        if (isGone) throw new Error(`the broker ended (${await exited}) before it was ready`)
        if (performance.now() > tooLate) throw new Error('the broker took too long to be ready')
        await delay(50)
      }
      replica.isTaking = true
    },
    async stop () {
      child?.kill('SIGTERM')
      return exited
    },
    kill: () => { child?.kill('SIGKILL') },
    async isReady () {
      try {
        const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(2_000) })
        return ok
      } catch {
        return false
      }
    },
    async measure () {
      if (child === undefined) throw new Error('the broker does not run')
      const measured = once(child, 'message') as Promise<[Measure]>
      tell({ measure: true })
      const [measure] = await Promise.race([measured, exited.then((code) => { throw new Error(`the broker ended (${code})`) })])
      return measure
    },
    block: (blockMs) => { tell({ blockMs }) },
    waited: () => waitedBy(child?.pid),
    descriptors: () => descriptorsOf(child?.pid),
  }
  return replica
}

function descriptorsOf (pid: number | undefined): { sockets: number, others: number } | undefined {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((name) => linkAt(`/proc/${pid}/fd/${name}`))
    const sockets = links.filter((link) => link.startsWith('socket:')).length
    return { sockets, others: links.length - sockets }
  } catch {
    return undefined
  }
}

function waitedBy (pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}

function linkAt (path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // It was closed in the meantime.
    return ''
  }
}
