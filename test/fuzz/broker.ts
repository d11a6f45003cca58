import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { inLog } from './canaries.js'

/** What the log says of a request and what the client got, for as long as the two do not agree. */
interface Trace {
  lines: number
  answers: number
  logged?: unknown
  answered?: number
}

const REQUEST_LINES = new Set(['request completed', 'request refused'])
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export const isUuid = (text: string) => UUID.test(text)

/** The broker as it is built, a process of its own, each line of its log looked at. `args` are Node's. */
export async function startBroker (variables: Record<string, string>, args: readonly string[] = []) {
  const child = spawn(process.execPath, [...args, 'dist/server.js'], { env: { PATH: process.env['PATH'], ...variables }, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'close') as Promise<[number | null]>
  const traces = new Map<string, Trace>()
  const faults: string[] = []
  const errors: string[] = []
  let lines = 0
  let listening = (_url: string) => {}
  const url = new Promise<string>((resolve) => { listening = resolve })

  const tell = (fault: string) => { if (faults.length < 20) faults.push(fault) }
  const traceOf = (id: string): Trace => {
    const trace = traces.get(id) ?? { lines: 0, answers: 0 }
    traces.set(id, trace)
    return trace
  }
  const settle = (id: string, trace: Trace) => {
    if (trace.lines === 1 && trace.answers === 1 && trace.logged === trace.answered) traces.delete(id)
  }

  function read (text: string): void {
    lines++
    const canary = inLog(text)
    if (canary !== undefined) tell(`the log holds ${canary}: ${text.slice(0, 1_000)}`)
    const line = parse(text)
    if (line === undefined) {
      tell(`the log has a line that is no JSON: ${text.slice(0, 1_000)}`)
      return
    }
    const { msg, request_id: id, status } = line
    if (msg === 'internal error' || line['level'] === 'fatal') tell(`the log says ${String(msg)}: ${text.slice(0, 2_000)}`)
    if (typeof msg === 'string' && msg.startsWith('Server listening at ')) listening(msg.slice('Server listening at '.length))
    if (!REQUEST_LINES.has(String(msg)) || typeof id !== 'string' || !isUuid(id)) return
    const trace = traceOf(id)
    trace.lines++
    trace.logged = status
    settle(id, trace)
  }

  createInterface(child.stdout).on('line', read)
  createInterface(child.stderr).on('line', (line) => {
    errors.push(line)
    tell(`standard error: ${line.slice(0, 1_000)}`)
  })

  return {
    url: await Promise.race([url, exit.then(() => { throw new Error(errors.join('\n')) })]),
    pid: child.pid,
    /** What is wrong with the log so far, told once. */
    faults: () => faults.splice(0),
    get lines () { return lines },
    /** A client has this answer: the log has one line that says so. */
    answered (id: string, status: number): void {
      if (!isUuid(id)) return
      const trace = traceOf(id)
      trace.answers++
      trace.answered = status
      settle(id, trace)
    },
    /** Ends it. What the log and the answers do not agree on is a fault, but for lines of so many answers that nobody saw. */
    async stop (unseen: number): Promise<void> {
      child.kill('SIGTERM')
      const [code] = await exit
      if (code !== 0) tell(`the process ends with ${code}`)
      const differing = [...traces].filter(([, { answers }]) => answers > 0 || traces.size > unseen)
      for (const [id, trace] of differing) tell(`log and answer differ for ${id}: ${JSON.stringify(trace)}`)
    },
  }
}

export type Broker = Awaited<ReturnType<typeof startBroker>>

function parse (text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}
