/** Programs of the system's that run beside the demo. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { whileOpen } from '../while-open.js'

/** Those that there are, and the Debian package that brings each. */
const packages = { nginx: 'nginx-light', 'redis-server': 'redis-server', prometheus: 'prometheus' }

export type ProgramName = keyof typeof packages

/** A program that runs. */
export interface Program {
  /** Settles once it has ended, with its exit code or the signal that ended it. */
  exited: Promise<string>
  close: () => Promise<void>
}

const POLL_MS = 20

/** Whether a program is installed. Debian keeps servers in `/usr/sbin`, which is not in everybody's PATH. */
export function isInstalled (name: ProgramName): boolean {
  return searchPath().some((directory) => existsSync(join(directory, name)))
}

/** @throws Error that says what to install, where one is missing */
export function requirePrograms (names: readonly ProgramName[], isThere = isInstalled): void {
  const missing = names.filter((name) => !isThere(name))
  if (missing.length === 0) return
  throw new Error(`${missing.join(' and ')} must be installed. On Debian: apt-get install --no-install-recommends ${missing.map((name) => packages[name]).join(' ')}`)
}

/**
 * Starts a program, and waits until it listens on that port of 127.0.0.1.
 *
 * @throws Error with what it said, where it ends before that
 */
export async function startProgram (name: ProgramName, args: readonly string[], port: number): Promise<Program> {
  const [command, ...all] = whileOpen([name, ...args])
  const child = spawn(command, all, {
    env: { PATH: searchPath().join(delimiter) },
    stdio: 'pipe',
    // A terminal's Ctrl-C is for us alone.
    detached: true,
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => output.push(text))
  const state = { isOver: false }
  const exited = once(child, 'exit').then(([code, signal]) => {
    state.isOver = true
    return [code, signal].join('') // One of the two is null.
  })
  async function close () {
    child.stdin.end()
    await exited
  }

  while (!await accepts(port)) {
    if (state.isOver) throw new Error(`${name} ended (${await exited}): ${output.join('').trim()}`)
    await delay(POLL_MS)
  }
  output.length = 0
  return { exited, close }
}

function searchPath (): string[] {
  return [...String(process.env['PATH']).split(delimiter), '/usr/sbin']
}

function accepts (port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
