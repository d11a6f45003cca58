import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'

const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants

/** A pipe that somebody else writes to, and that is read only as told. It ends with the test. */
export function createPipe (t: Test) {
  const path = `${t.testdir()}/pipe`
  execFileSync('mkfifo', [path])
  const open = () => openSync(path, O_RDONLY | O_NONBLOCK)
  const buffer = Buffer.alloc(65_536)
  let reader: number | undefined = open()
  let text = ''

  const close = () => {
    if (reader !== undefined) closeSync(reader)
    reader = undefined
  }
  t.teardown(close)

  return {
    /** A file descriptor to write to, for a child. The caller closes it. */
    writer: () => openSync(path, O_WRONLY),
    /** Nobody reads any more: a write fails. */
    close,
    open: () => { reader = open() },
    /** Reads until that is part of what was read, all in all. */
    async readUntil (part: string): Promise<string> {
      while (!text.includes(part)) {
        const count = readSome()
        text += buffer.toString('latin1', 0, count)
        if (count === 0) await wait(5)
      }
      return text
    },
  }

  /** Bytes that were there to read; none is no end, somebody may write yet. */
  function readSome (): number {
    try {
      return reader === undefined ? 0 : readSync(reader, buffer)
    } catch {
      return 0
    }
  }
}
