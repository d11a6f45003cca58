import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Clients } from './load.js'
import type { Subject } from './subjects.js'

/** Sessions that make a server warm, and those that count. */
const WARM_UP = 3_000
const SESSIONS = 2_000

/** Starts a server by a command before Node's. */
export type Start = (under: string[]) => Promise<Subject>

/**
 * Instructions that a session takes a server in its own code, not in the kernel's, counted by valgrind, for changes that
 * are too small for the clock: what a run with more sessions takes beyond one with fewer. Takes minutes.
 */
export async function countInstructions (start: Start): Promise<number> {
  const few = await countAll(start, WARM_UP)
  return Math.round((await countAll(start, WARM_UP + SESSIONS) - few) / SESSIONS)
}

/** From the start to the end of a process that mints so many sessions, one at a time. */
async function countAll (start: Start, sessions: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'vault-session-broker-'))
  const file = join(directory, 'counts')
  try {
    const subject = await start(['valgrind', '--quiet', '--tool=callgrind', '--smc-check=all-non-file', `--callgrind-out-file=${file}`])
    const clients = new Clients(subject.port, subject.text)
    await clients.askFor(sessions, 1)
    clients.close()
    await subject.stop()
    return Number(/^(?:summary|totals): (\d+)/m.exec(readFileSync(file, 'utf8'))?.[1])
  } finally {
    rmSync(directory, { recursive: true })
  }
}
