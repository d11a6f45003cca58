import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError, FastifyBaseLogger, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { BrokerError } from '../errors.js'
import { isWaiting, type Connections } from './connections.js'
import { standardHeaders } from './headers.js'
import { readableBy } from './origins.js'
import { toProblem } from './problems.js'

/**
 * What Node would answer by itself, without the headers of every answer: a request without `Host` is refused, and an
 * expectation that nobody knows is passed over (RFC 9110, section 10.1.1).
 */
export const wellFormed = fp(async (app: FastifyInstance) => {
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  app.addHook('onRequest', async ({ headers, raw }) => {
    if (headers.host === undefined && raw.httpVersion === '1.1') {
      throw new BrokerError('invalid_request', { detail: 'The request has no Host.' })
    }
  })
}, { name: 'well-formed' })

/**
 * Makes what refuses all that Node cannot read as a request (broken framing, too large a header, too slow a client), and
 * closes the connection. No hook runs for these, so the answer is written by hand.
 */
export function createRefusal (connections: Connections, origins: readonly string[]) {
  return function refuse (this: FastifyInstance, failure: ConnectionError, socket: Socket): void {
    const underway = connections.at(socket)
    const last = underway.findLast(isWaiting)
    if (last !== undefined) {
      // It came behind whole requests. The answers that go out next are theirs, and then there is no other.
      last.response.shouldKeepAlive = false
      return
    }
    const arriving = underway.at(-1)
    if (arriving?.response.writableFinished === true) {
      // It is answered already: a second answer would be taken for that of the next request.
      socket.destroy()
      return
    }
    answerBrokenRequest(this.log, failure, socket, readableBy(arriving?.request.headers.origin, origins))
  }
}

function answerBrokenRequest (log: FastifyBaseLogger, failure: ConnectionError, socket: Socket, cors: Record<string, string>): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const requestId = randomUUID()
  const error = new BrokerError('invalid_request', {
    detail: 'The request is not well-formed HTTP, its headers are too large, or it took too long to arrive.',
  })
  const body = JSON.stringify(toProblem(error, requestId))
  const headers = {
    ...standardHeaders(requestId),
    ...cors,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${head}\r\n${body}`, () => socket.destroy())
  log.info({ request_id: requestId, status: error.status, code: error.code, failure: failure.code, address: socket.remoteAddress }, 'request refused')
}

/** A request's URL, its percent signs escaped where they cannot be decoded: then it is simply an unknown path. */
export function decodable (request: IncomingMessage): string {
  const url = String(request.url)
  try {
    decodeURI(url)
    return url
  } catch {
    return url.replaceAll('%', '%25')
  }
}
