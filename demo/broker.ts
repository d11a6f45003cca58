/** The real broker, as a process of its own that gets the environment it is given and nothing of ours. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { whileOpen } from './while-open.js'

const program = fileURLToPath(new URL('../dist/server.js', import.meta.url))

const READY_WITHIN_MS = 20_000
const POLL_MS = 50

export interface BrokerOptions {
  port: number
  environment: Record<string, string>
  /** Where its log lines go; without it they are dropped. */
  log?: NodeJS.WritableStream
}

export interface Broker {
  origin: string
  /** Its process, where it is one. */
  pid: number | undefined
  /** Settles once it has ended, with its exit code or the signal that ended it. */
  exited: Promise<string>
  close: () => Promise<void>
}

/** Starts the broker and waits until it is ready; rejects if it ends before that. */
export async function startBroker ({ port, environment, log }: BrokerOptions): Promise<Broker> {
  const [command, ...args] = whileOpen([process.execPath, program])
  const child = spawn(command, args, {
    env: { ...environment, HOST: '127.0.0.1', PORT: String(port) },
    stdio: 'pipe',
    // A terminal's Ctrl-C is for us alone: a second signal on top of ours would cut the broker's stop short.
    detached: true,
  })
  for (const output of [child.stdout, child.stderr]) {
    if (log) output.pipe(log, { end: false })
    else output.resume()
  }

  const gone = new AbortController()
  const exited = once(child, 'exit').then(([code, signal]) => {
    const outcome = [code, signal].join('') // One of the two is null.
    gone.abort(new Error(`the broker ended (${outcome}) before it was ready`))
    return outcome
  })

  async function close () {
    child.kill('SIGTERM')
    await exited
  }

  const tooLate = setTimeout(() => gone.abort(new Error('the broker took too long to be ready')), READY_WITHIN_MS)
  try {
    while (!await isReady(port)) {
      gone.signal.throwIfAborted()
      await delay(POLL_MS)
    }
    // Somebody else may have answered at that port.
    gone.signal.throwIfAborted()
  } catch (error) {
    await close()
    throw error
  } finally {
    clearTimeout(tooLate)
  }
  return { origin: `http://localhost:${port}`, pid: child.pid, exited, close }
}

async function isReady (port: number) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`)
    return response.ok
  } catch {
    return false
  }
}
