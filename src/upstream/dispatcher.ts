import { Client, Pool, type Dispatcher } from 'undici'
import { createConnector } from './connector.js'

/** Where to, and how much at once. */
export interface DispatcherOptions {
  /** Scheme, host and port. */
  origin: string
  /** Sockets. */
  connections: number
  /** Milliseconds until an answer must have begun. */
  headersMs: number
}

/** One request and what came back for it. */
export interface Exchange {
  status: number
  headers: Dispatcher.ResponseData['headers']
  text: string
  /** What broke the body off, where it did: then there is no text. */
  failure?: unknown
}

/** Limits of one exchange. Milliseconds, those of the body between two pieces of it, and bytes. */
const LIMITS = {
  connectMs: 2_000,
  bodyMs: 2_000,
  headerBytes: 16_384,
  bodyBytes: 262_144,
}

/**
 * The way to the upstream: a pool of connections that verifies TLS whatever the environment says, follows no redirect
 * and bounds what it reads. A connection that was kept from earlier, and turns out to have been closed by the other
 * side, is replaced at once by a new one: nothing has been answered on it, and nobody is to hear of it.
 */
export function createDispatcher ({ origin, connections, headersMs }: DispatcherOptions) {
  const connector = createConnector({ allowH2: false, timeout: LIMITS.connectMs, rejectUnauthorized: true, minVersion: 'TLSv1.2' })
  const options = {
    allowH2: false,
    maxHeaderSize: LIMITS.headerBytes,
    maxResponseSize: LIMITS.bodyBytes,
    headersTimeout: headersMs,
    bodyTimeout: LIMITS.bodyMs,
    connect: connector.connect,
  }
  const pool = new Pool(origin, { ...options, connections })

  async function exchange (way: Dispatcher, request: Dispatcher.RequestOptions): Promise<Exchange> {
    const { statusCode: status, headers, body } = await way.request(request)
    try {
      return { status, headers, text: await body.text() }
    } catch (failure) {
      return { status, headers, text: '', failure }
    }
  }

  /** Over a connection of its own. */
  async function exchangeAfresh (request: Dispatcher.RequestOptions): Promise<Exchange> {
    const client = new Client(origin, options)
    try {
      return await exchange(client, request)
    } finally {
      client.destroy().catch(() => {})
    }
  }

  return {
    /**
     * @param isAgain not to trust a connection that was kept
     * @throws what undici throws
     */
    async request (request: Dispatcher.RequestOptions, isAgain = false): Promise<Exchange> {
      if (isAgain) return exchangeAfresh(request)
      try {
        return await exchange(pool, request)
      } catch (error) {
        if (!connector.isOfKeptConnection(error)) throw error
      }
      return exchangeAfresh(request)
    },
    /** Whether the connection failed that late, so that the upstream had begun to answer. */
    hadBegunToAnswer: connector.isWithinAnswer,
    async close () {
      await pool.close()
      connector.close()
    },
  }
}
