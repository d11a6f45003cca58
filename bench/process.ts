import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** Starts a program of ours that writes its port, and ends with this process. */
export async function start (file: string, args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path(file), ...args], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] })
  const port = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${file} did not start`)))
    createInterface(child.stdout).on('line', (line) => {
      const port = /(?:^|Server listening.*127\.0\.0\.1:)(\d+)\b/.exec(line)?.[1]
      if (port !== undefined) resolve(port)
    })
  })
  return { child, port: Number(port) }
}

/** What a process has in memory, in megabytes. */
export function megabytes (pid: number | undefined): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
}

/** Milliseconds of processor that a process has had, in its own code and in the kernel's for it. */
export function cpuMs (pid: number | undefined): number {
  // The name of the program, in brackets, may hold anything; the kernel counts in hundredths of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
