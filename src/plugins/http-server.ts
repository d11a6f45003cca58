import { METHODS, createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyServerFactory } from 'fastify'
import type { Connections } from './connections.js'
import { createStalled } from './stalled.js'
import { MAX_HEADERS } from './well-formed.js'

/** Milliseconds and bytes. */
const LIMITS = {
  /** What a client has for its request, headers and body. */
  requestTimeout: 5_000,
  headersTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  /** Longer than the 60 s that gateways keep an idle connection: who closes last loses no request. */
  keepAliveTimeout: 72_000,
  /** The URL and the headers. */
  maxHeaderSize: 16_384,
} as const

const methods: ReadonlySet<string | undefined> = new Set(METHODS)

/** Makes the server that the app's requests come from: HTTP/1.1, everything bounded, and no answer but the app's own. */
export function createHttpServer (connections: Connections): FastifyServerFactory {
  return (serve) => {
    const server: Server = createServer({ ...LIMITS, requireHostHeader: false, insecureHTTPParser: false }, (request, response) => {
      if (!methods.has(request.method)) {
        refuse(request.socket)
        return
      }
      if (!connections.take(request, response)) return
      // Nobody upgrades here, but Node passes over what came behind such a request.
      if (request.headers.upgrade !== undefined) connections.end(request.socket)
      serve(request, response)
    })
    // Node drops further headers unseen; by one more than there may be it is seen.
    server.maxHeadersCount = MAX_HEADERS + 1
    connections.watch(server)

    // An expectation that nobody knows is passed over (RFC 9110, section 10.1.1).
    server.on('checkExpectation', (request, response) => server.emit('request', request, response))
    server.on('connect', (_request, socket: Socket) => {
      // Node has let go of the socket.
      socket.on('error', () => {}).resume()
      refuse(socket)
    })
    server.on('listening', () => {
      const isStalled = createStalled()
      const watch = setInterval(() => connections.cut(isStalled), 1_000).unref()
      server.once('close', () => clearInterval(watch))
    })
    return server

    /** For methods that no router knows: those of RTSP, which Node reads too, and CONNECT. */
    function refuse (socket: Socket): void {
      server.emit('clientError', Object.assign(new Error('no method of ours'), { code: 'UNKNOWN_METHOD' }), socket)
    }
  }
}
