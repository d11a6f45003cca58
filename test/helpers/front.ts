import { EventEmitter, once } from 'node:events'
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { listen } from './upstream.js'

/** What it stands before, and what it says of a request that brings these cookies. */
export interface FrontOptions {
  broker: string
  site: string
  vouch?: (cookies: string) => Record<string, string>
  tls?: { cert: string, key: string }
}

/** A request to the broker as a client made it, and what that client got. */
export interface Exchange {
  method: string
  path: string
  headers: IncomingHttpHeaders
  answer: { status: number, headers: IncomingHttpHeaders, text: string }
}

/**
 * A reverse proxy: the broker and a site on one origin, and what goes to and fro kept. As a gateway must, it takes out of
 * a request what it vouches for itself. Closed with the test.
 */
export async function startFront (t: Test, { broker, site, vouch = () => ({}), tls }: FrontOptions) {
  const exchanges: Exchange[] = []
  const more = new EventEmitter()

  function forward (incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = '', url: path = '', headers } = incoming
    const { 'x-consumer-id': _consumer, 'x-gateway-secret': _secret, ...others } = headers
    const isForBroker = path.startsWith('/vault-session')
    const forwarded = request(new URL(path, isForBroker ? broker : site), {
      method,
      headers: { ...others, ...vouch(String(headers.cookie)), 'x-forwarded-for': incoming.socket.remoteAddress },
    }, (response) => {
      text(response).then((text) => {
        const status = Number(response.statusCode)
        outgoing.writeHead(status, response.headers).end(text)
        if (!isForBroker) return
        exchanges.push({ method, path, headers, answer: { status, headers: response.headers, text } })
        more.emit('exchange')
      }, () => outgoing.destroy())
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  }

  const server = tls === undefined ? createServer(forward) : createTlsServer(tls, forward)
  const url = await listen(t, server, tls === undefined ? 'http' : 'https')
  t.teardown(() => server.closeAllConnections())

  return {
    url,
    exchanges,
    /** Every exchange about that path so far, as soon as there is one. */
    async about (path: string): Promise<Exchange[]> {
      while (!exchanges.some((exchange) => exchange.path === path)) await once(more, 'exchange', { signal: AbortSignal.timeout(10_000) })
      return exchanges.filter((exchange) => exchange.path === path)
    },
  }
}
