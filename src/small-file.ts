import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'

/** Bytes that a file which a variable names may have. */
export const MAX_FILE_BYTES = 65_536

/** Why a file was not read. */
export class FileFailure extends Error {
  override readonly name = 'FileFailure'
  readonly code: 'not_a_file' | 'too_large'

  constructor (code: FileFailure['code']) {
    super(code)
    this.code = code
  }
}

/** Opening a pipe does not wait for somebody at its other end. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * The text of a regular file of at most `MAX_FILE_BYTES`. Whatever stands at the path, no more than that is read.
 *
 * @throws FileFailure, or the system's error, whose message has the path in it
 */
export async function readSmallFile (path: string): Promise<string> {
  const file = await open(path, FLAGS)
  try {
    const buffer = bufferFor(await file.stat())
    let length = 0
    for (let bytes = -1; bytes !== 0 && length < buffer.length; length += bytes) {
      bytes = (await file.read(buffer, length, buffer.length - length, null)).bytesRead
    }
    return textOf(buffer, length)
  } finally {
    await file.close()
  }
}

/** The same at once, for the start of the process. */
export function readSmallFileSync (path: string): string {
  const file = openSync(path, FLAGS)
  try {
    const buffer = bufferFor(fstatSync(file))
    let length = 0
    for (let bytes = -1; bytes !== 0 && length < buffer.length; length += bytes) {
      bytes = readSync(file, buffer, length, buffer.length - length, null)
    }
    return textOf(buffer, length)
  } finally {
    closeSync(file)
  }
}

/** The name of why a file could not be read: `ENOENT`, `too_large`. */
export function nameOf (error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown'
}

/** Room for one byte too many, by which a file that grows meanwhile is seen to. */
function bufferFor (stats: Stats): Buffer {
  if (!stats.isFile()) throw new FileFailure('not_a_file')
  if (stats.size > MAX_FILE_BYTES) throw new FileFailure('too_large')
  return Buffer.alloc(MAX_FILE_BYTES + 1)
}

function textOf (buffer: Buffer, length: number): string {
  if (length > MAX_FILE_BYTES) throw new FileFailure('too_large')
  return buffer.toString('utf8', 0, length)
}
