import { writeSync } from 'node:fs'
import { pino, type DestinationStream, type Logger, type LevelWithSilent } from 'pino'
import { LineWriter, type LossFacts } from './line-writer.js'
import { createScrubber, hideMembers } from './scrub.js'
import type { Secret } from './secret.js'

/** How much is logged, what never is, and where to. */
export interface LoggerOptions {
  level: LevelWithSilent
  /** Values that never reach a line, wherever they come from. */
  secrets: readonly Secret[]
  /** Standard output, unless told. */
  destination?: DestinationStream
}

/** Milliseconds that the process, as it ends, waits for somebody to take its last lines. */
const FLUSH_MS = 1_000

/** JSON lines. What must not be in them is taken out twice as a line is written: by the names of members, and by value. */
export function createLogger ({ level, secrets, destination }: LoggerOptions): Logger {
  const scrub = createScrubber(secrets)
  const options = {
    level,
    base: { service: 'vault-session-broker' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError, error: describeError },
    hooks: { streamWrite: (line: string) => scrub(hideMembers(line)) },
  }
  if (destination !== undefined) return pino(options, destination)
  const output = standardOutput((facts) => {
    // Audit events may be among them, so it is told whatever the level is.
    logger.child({}, { level: 'error' }).error(facts, 'log lines were lost')
  })
  const logger = pino(options, output)
  return logger
}

/** Standard output, whoever takes it, or does not. Of a pipe that nobody reads the broker never waits, until it ends. */
function standardOutput (regained: (facts: LossFacts) => void): LineWriter {
  // To read it is to open it: that is when Node makes a pipe one that does not block.
  const { fd } = process.stdout
  const output = new LineWriter({ write: (bytes) => writeSync(fd, bytes), regained })
  process.once('exit', () => output.flush(FLUSH_MS))
  return output
}

/** An error's name, code, message and stack, and nothing else that it may carry, such as a request or a socket. */
function describeError (error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack } = error
  return { type: name, code: 'code' in error ? error.code : undefined, message, stack }
}
