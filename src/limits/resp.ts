/** An answer of Redis's: a status, the name of an error, three whole numbers; or why it is none that we ask for. */
export type Reply =
  | { status: string }
  | { error: string }
  | { numbers: number[] }
  | { fault: string }

/** A line of at most 1,024 characters: Redis's errors are a sentence or two. */
const LINE = /^([+-])([^\r\n]{0,1024})\r\n/
const BEGUN_LINE = /^[+-][^\r\n]{0,1024}\r?$/

/** Fifteen digits are a number to the letter in a double. */
const NUMBERS = /^\*3\r\n:(\d{1,15})\r\n:(\d{1,15})\r\n:(\d{1,15})\r\n/
const SHAPE_OF_NUMBERS = '*3\r\n:0\r\n:0\r\n:0\r\n'

/** The names of errors that Redis has. Another, or any word after it, may be anything: it is not to be logged. */
const ERRORS = new Set([
  'BUSY', 'CLUSTERDOWN', 'DENIED', 'ERR', 'LOADING', 'MASTERDOWN', 'MISCONF', 'MOVED', 'NOAUTH', 'NOPERM', 'NOREPLICAS',
  'OOM', 'READONLY', 'TRYAGAIN', 'WRONGPASS', 'WRONGTYPE',
])

/** The error of a Redis that was told a password and wants none, which has no name of its own. */
export const NO_PASSWORD = 'no_password'

/** A command in Redis's protocol, RESP: an array of strings of bytes. */
export function encodeCommand (args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`
}

/**
 * Reads answers out of what comes over a connection, as far as ours go: a line, or three numbers. What can become
 * neither is a fault as soon as that shows, so that nothing large or deep is ever kept. There is no telling where the
 * next answer begins then.
 */
export class ReplyReader {
  #text = ''

  add (chunk: Buffer): void {
    this.#text += chunk.toString('latin1')
  }

  /** The next answer that is there as a whole, or a fault. */
  next (): Reply | undefined {
    const [line, type, words = ''] = LINE.exec(this.#text) ?? []
    if (line !== undefined) return this.#take(line, type === '+' ? { status: words } : { error: nameIn(words) })
    const [array, ...digits] = NUMBERS.exec(this.#text) ?? []
    if (array !== undefined) return this.#take(array, { numbers: digits.map(Number) })
    return isBegun(this.#text) ? undefined : { fault: faultOf(this.#text) }
  }

  #take (read: string, reply: Reply): Reply {
    this.#text = this.#text.slice(read.length)
    return reply
  }
}

function isBegun (text: string): boolean {
  return BEGUN_LINE.test(text) || SHAPE_OF_NUMBERS.startsWith(text.replace(/:\d{1,15}/g, ':0'))
}

/** Another answer that Redis can give, by its first character, or no Redis at all. */
function faultOf (text: string): string {
  return /^[:$*_#,(!=%~>|]/.test(text) ? 'not_counts' : 'not_redis'
}

/** `NOAUTH`, `LOADING`, `OOM`: the first word of Redis's errors is their name. */
function nameIn (words: string): string {
  if (words.includes(' without any password configured')) return NO_PASSWORD
  const [name = ''] = words.split(' ', 1)
  return ERRORS.has(name) ? name : 'failed'
}
