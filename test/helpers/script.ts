import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'

interface ScriptOptions {
  /** Where it runs: the repository, unless told otherwise. */
  cwd?: string
  /** What stands in its environment beside `PATH`. */
  variables?: Record<string, string>
}

/**
 * Runs a script of ours to its end, with nothing else in its environment: what it needs of the machine may not be there, so
 * how much of it runs is no measure.
 */
export async function runScript (script: string, args: string[], { cwd = '.', variables = {} }: ScriptOptions = {}) {
  const environment = Object.entries({ PATH: String(process.env['PATH']), ...variables }).map(([name, value]) => `${name}=${value}`)
  const child = spawn('env', ['-i', ...environment, process.execPath, resolve(script), ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close') as Promise<[number | null]>
  const [[code], stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}
