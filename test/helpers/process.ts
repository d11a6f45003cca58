import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'
import { request } from 'undici'
import { freePort } from '../../demo/ports.js'

/** Runs `src/server.ts` to its end, with nothing in its environment but these variables. */
export async function runServer (variables: Record<string, string>, args: string[] = []) {
  const child = spawnNode(['src/server.ts', ...args], variables)
  const [code, stdout, stderr] = await Promise.all([exitOf(child), text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}

/** Runs another file of TypeScript to its end. */
export async function runFile (file: string) {
  const child = spawnNode([file], {})
  const [code, stdout, stderr] = await Promise.all([exitOf(child), text(child.stdout), text(child.stderr)])
  return { code, output: stdout + stderr }
}

/** Where standard output and standard error go: file descriptors of ours. */
export interface Outputs {
  stdout: number
  stderr?: number
}

/** Runs the server to its end, whatever becomes of what it says. */
export function runMute (variables: Record<string, string>, args: string[], outputs: Outputs) {
  return exitOf(spawnMute(['src/server.ts', ...args], variables, outputs))
}

/** Runs the server, whatever becomes of what it says, until it answers. Killed with the test, should it still run. */
export async function startMute (t: Test, variables: Record<string, string>, outputs: Outputs, { program = 'src/server.ts' }: Pick<StartOptions, 'program'> = {}) {
  const port = await freePort(0)
  const child = spawnMute([program], { ...variables, PORT: String(port) }, outputs)
  t.teardown(() => child.kill('SIGKILL'))
  const exit = exitOf(child)
  const url = `http://127.0.0.1:${port}`
  const isUp = () => fetch(`${url}/livez`).then((answer) => answer.ok, () => false)
  while (!await isUp()) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    await wait(20)
  }
  return { url, port, pid: child.pid, kill: (signal: NodeJS.Signals) => child.kill(signal), exit }
}

interface StartOptions {
  /** The source, unless told to run what is built of it. */
  program?: 'src/server.ts' | 'dist/server.js'
  /** A module to load first. */
  preload?: string
  /** What `ulimit` is told first, `-n 256` say. */
  limits?: string
}

/** Runs the server until it listens. Killed with the test, should it still run. */
export async function startServer (t: Test, variables: Record<string, string>, { program = 'src/server.ts', preload, limits }: StartOptions = {}) {
  const child = spawnNode([...(preload === undefined ? [] : ['--import', preload]), program], variables, limits)
  t.teardown(() => child.kill('SIGKILL'))
  const exit = exitOf(child)
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
  const url = await Promise.race([addressIn(child), exit.then(() => { throw new Error(chunks.join('')) })])
  return {
    url,
    /** Everything it wrote so far, to standard output and standard error. */
    output: () => chunks.join(''),
    /** Sends the signal and waits until the process says that it is stopping. */
    stop: async (signal: NodeJS.Signals) => {
      const stopping = lineIn(child, /"msg":"stopping"/)
      child.kill(signal)
      await stopping
    },
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves once it takes no connections any more: from then on each answer closes its own. */
    closed: async () => {
      while (await request(`${url}/livez`, { reset: true }).then(({ body }) => body.dump().then(() => true), () => false));
    },
    /** Resolves to a line like that, as it is written or where it already stands. */
    line: (pattern: RegExp) => {
      const awaited = lineIn(child, pattern)
      const written = chunks.join('').split('\n').slice(0, -1).find((line) => pattern.test(line))
      return written === undefined ? awaited : Promise.resolve(written)
    },
    pid: child.pid,
    /** The exit code, once it has ended. */
    exit,
  }
}

function spawnNode (args: string[], variables: Record<string, string>, limits?: string) {
  const [program, ...rest] = command(args, limits)
  return spawn(program, rest, { env: { PATH: process.env['PATH'], ...variables }, stdio: ['ignore', 'pipe', 'pipe'] })
}

function spawnMute (args: string[], variables: Record<string, string>, { stdout, stderr = stdout }: Outputs) {
  const [program, ...rest] = command(args)
  return spawn(program, rest, { env: { PATH: process.env['PATH'], ...variables }, stdio: ['ignore', stdout, stderr] })
}

function command (args: string[], limits?: string): [program: string, ...args: string[]] {
  // What is built needs nothing of what loads and covers the source, unless a module of the tests is loaded first.
  const ofNode = args[0]?.startsWith('dist/') === true ? [] : process.execArgv
  const node: [string, ...string[]] = [process.execPath, ...ofNode, ...args]
  return limits === undefined ? node : ['sh', '-c', `ulimit ${limits}; exec "$@"`, 'sh', ...node]
}

async function exitOf (child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'close') as [number | null]
  return code
}

type Child = ReturnType<typeof spawnNode>

async function addressIn (child: Child): Promise<string> {
  const line = await lineIn(child, /Server listening at/)
  return /http:[^"]+/.exec(line)?.[0] ?? line
}

function lineIn (child: Child, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      if (pattern.test(line)) resolve(line)
    })
  })
}
