import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

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

interface StartOptions {
  /** The source, unless told to run what is built of it. */
  program?: 'src/server.ts' | 'dist/server.js'
  /** A module to load first. */
  preload?: string
}

/** Runs the server until it listens. Killed with the test, should it still run. */
export async function startServer (t: Test, variables: Record<string, string>, { program = 'src/server.ts', preload }: StartOptions = {}) {
  const child = spawnNode([...(preload === undefined ? [] : ['--import', preload]), program], variables)
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
    /** Resolves to a line like that, as it is written or where it already stands. */
    line: (pattern: RegExp) => {
      const awaited = lineIn(child, pattern)
      const written = chunks.join('').split('\n').slice(0, -1).find((line) => pattern.test(line))
      return written === undefined ? awaited : Promise.resolve(written)
    },
    /** The exit code, once it has ended. */
    exit,
  }
}

function spawnNode (args: string[], variables: Record<string, string>) {
  return spawn(process.execPath, [...process.execArgv, ...args], {
    env: { PATH: process.env['PATH'], ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

type Child = ReturnType<typeof spawnNode>

async function exitOf (child: Child): Promise<number | null> {
  const [code] = await once(child, 'close') as [number | null]
  return code
}

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
