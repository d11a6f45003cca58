import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError, FastifyBaseLogger, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { BrokerError, type ErrorCode } from '../errors.js'
import type { Connections } from './connections.js'
import { standardHeaders } from './headers.js'
import { toProblem } from './problems.js'

/** Milliseconds in which a client may read its refusal while it still sends: bytes that nobody reads reset a connection. */
const LINGER_MS = 1_000

/** Hears of each refusal of what never became a request: its status and its code. */
export type OnUnreadable = (status: number, code: ErrorCode) => void

/**
 * Makes what refuses all that Node cannot read as a request (broken framing, too large a header, too slow a client), and
 * closes the connection.
 */
export function createRefusal (connections: Connections, onUnreadable?: OnUnreadable) {
  return function refuse (this: FastifyInstance, failure: ConnectionError, socket: Socket): void {
    const last = connections.at(socket).at(-1)
    if (last === undefined) {
      const error = errorOf(failure)
      if (answerBrokenRequest(this.log, error, socket)) onUnreadable?.(error.status, error.code)
      return
    }
    if (failure.code === 'HPE_INVALID_EOF_STATE' || !socket.writable) {
      // The client has left in the middle.
      socket.destroy()
      return
    }
    // The answers that go out next are those of requests that were read, and then there is no other.
    connections.end(socket)
    if (!last.request.complete) breakOff(last.request, errorOf(failure))
  }
}

const broken = new WeakMap<IncomingMessage, BrokerError>()

/** Ends the reading of a body, so that its request is refused like every other. */
function breakOff (request: IncomingMessage, error: BrokerError): void {
  // Node tells of each further piece that it cannot read.
  if (broken.has(request)) return
  broken.set(request, error)
  if (request.listenerCount('error') > 0) request.emit('error', error)
}

/** Refuses a request whose body was found broken before it was to be read. */
export const brokenBodies = fp(async (app: FastifyInstance) => {
  app.addHook('preParsing', async ({ raw }) => {
    const error = broken.get(raw)
    if (error !== undefined) throw error
  })
}, { name: 'broken-bodies' })

/** What to tell of it, by Node's code. */
const DETAILS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'The request took too long to arrive: it has 5 seconds, headers and body.',
  HPE_HEADER_OVERFLOW: 'The headers of the request are too large or too many: there may be 100, and with the URL they may have 16 KiB.',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'The chunks of the body have extensions that are too large.',
  UNKNOWN_METHOD: 'The request has a method that is unknown here.',
}

function errorOf ({ code }: ConnectionError): BrokerError {
  return new BrokerError('invalid_request', {
    detail: DETAILS[code] ?? 'The request is not well-formed HTTP/1.1.',
    facts: { failure: code },
  })
}

/** No hook runs for what never became a request, so the answer is written by hand: whether there was somebody to answer. */
function answerBrokenRequest (log: FastifyBaseLogger, error: BrokerError, socket: Socket): boolean {
  // It has its answer and goes on.
  if (socket.writableEnded) return false
  // It is gone, or it never said a word: an answer now might be taken for that of the first thing it says.
  if (!socket.writable || socket.bytesRead === 0) {
    socket.destroy()
    return false
  }
  const requestId = randomUUID()
  const body = JSON.stringify(toProblem(error, requestId))
  const headers = {
    ...standardHeaders(requestId),
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${head}\r\n${body}`)
  const lingering = setTimeout(() => socket.destroy(), LINGER_MS).unref()
  socket.once('close', () => clearTimeout(lingering))
  log.info({ request_id: requestId, status: error.status, code: error.code, ...error.facts, address: socket.remoteAddress }, 'request refused')
  return true
}

/**
 * A request's URL, for the router: its percent signs escaped where they cannot be decoded, then it is simply an unknown
 * path; and where the router would answer by itself, one that is not well-formed.
 */
export function routable (request: IncomingMessage): string {
  const url = String(request.url)
  if (!url.startsWith('/') && (url.includes('#') || /^https?:\/\/(?:[/?]|$)/i.test(url))) return '/#'
  try {
    decodeURI(url)
    return url
  } catch {
    return url.replaceAll('%', '%25')
  }
}
