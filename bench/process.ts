import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import type { Profiler } from 'node:inspector'
import { fileURLToPath } from 'node:url'
import type { Question } from './account.js'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** What a process has had: milliseconds of processor, and megabytes that it has. */
export interface Usage {
  cpuMs: number
  megabytes: number
}

/** How Node is run. */
export interface Running {
  /** Node's flags. */
  flags?: string[]
  /** What runs it, with arguments. */
  under?: string[]
}

/** Starts a program of ours that writes its port, and ends with this process. */
export async function start (file: string, args: string[] = [], environment: Record<string, string> = {}, { flags = [], under = [] }: Running = {}) {
  const [command = '', ...argv] = [...under, process.execPath, ...flags, '--import', path('./account.js'), path(file), ...args]
  const child = spawn(command, argv, { env: environment, stdio: ['pipe', 'pipe', 'inherit', 'ipc'] })
  const { stdout } = child
  if (stdout === null) throw new TypeError('its output is no pipe')
  let said = ''
  const port = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${file} did not start: ${said}`)))
    stdout.on('data', function read (chunk) {
      said += String(chunk)
      const port = /(?:^|"Server listening.*127\.0\.0\.1:)(\d+)\b/.exec(said)?.[1]
      if (port === undefined) return
      stdout.off('data', read).resume()
      resolve(port)
    })
  })

  async function ask<T> (question: Question): Promise<T> {
    child.send(question)
    const [{ answer }] = await once(child, 'message') as [{ answer: T }]
    return answer
  }

  /** By its own accounting. */
  async function usage (): Promise<Usage> {
    const { cpu, rss } = await ask<{ cpu: NodeJS.CpuUsage, rss: number }>('usage')
    return { cpuMs: (cpu.user + cpu.system) / 1_000, megabytes: rss / 1024 ** 2 }
  }

  /** What its processor does meanwhile. */
  async function profile (work: () => Promise<unknown>): Promise<Profiler.Profile> {
    await ask('start a profile')
    await work()
    return ask('end the profile')
  }

  async function stop (): Promise<void> {
    child.kill()
    await once(child, 'exit')
  }

  return { child, pid: child.pid, port: Number(port), usage, profile, stop }
}

/** A program of ours that runs. */
export type Program = Awaited<ReturnType<typeof start>>

/** What a process has in memory, in megabytes. */
export function megabytes (pid: number | undefined): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
}

/** Milliseconds of processor that the threads of a process have had, in its own code and in the kernel's for it. */
export function cpuMs (pid: number | undefined): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0])
  return nanoseconds.reduce((sum, one) => sum + Number(one), 0) / 1e6
}
