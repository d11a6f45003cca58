import { pino, type DestinationStream, type Logger, type LevelWithSilent } from 'pino'
import { createScrubber } from './scrub.js'
import { HIDDEN, type Secret } from './secret.js'

/** How much is logged, what never is, and where to. */
export interface LoggerOptions {
  level: LevelWithSilent
  /** Values that never reach a line, wherever they come from. */
  secrets: readonly Secret[]
  /** Standard output, unless told. */
  destination?: DestinationStream
}

/** Members that hold a credential or what a caller sent, wherever somebody logs an object that has one. */
const MEMBERS = ['authorization', 'cookie', 'set-cookie', 'api_key', 'apiKey', 'session_uri', 'session_token', 'token', 'body', 'location']
const PATHS = MEMBERS.flatMap((name) => ['', '*.', '*.*.'].map((prefix) => prefix === '' ? `["${name}"]` : `${prefix.slice(0, -1)}["${name}"]`))

/** JSON lines. What must not be in them is taken out twice: by path, and by value as the line is written. */
export function createLogger ({ level, secrets, destination }: LoggerOptions): Logger {
  const scrub = createScrubber(secrets)
  const options = {
    level,
    base: { service: 'vault-session-broker' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: PATHS, censor: HIDDEN },
    serializers: { err: describeError, error: describeError },
    hooks: { streamWrite: scrub },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

/** An error's name, code, message and stack, and nothing else that it may carry, such as a request or a socket. */
function describeError (error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack } = error
  return { type: name, code: 'code' in error ? error.code : undefined, message, stack }
}
