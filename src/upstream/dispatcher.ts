import { Pool, type Dispatcher } from 'undici'
import { BrokerError } from '../errors.js'

/** Where to, and how much at once. */
export interface DispatcherOptions {
  /** Scheme, host and port. */
  origin: string
  /** Sockets, and so requests in flight. As many again may wait for one. */
  connections: number
}

/** One request and what came back for it. */
export interface Exchange {
  status: number
  headers: Dispatcher.ResponseData['headers']
  text: string
  /** What broke the body off, where it did: then there is no text. */
  failure?: unknown
}

/** Limits of one exchange. Milliseconds and bytes. */
const LIMITS = {
  connectMs: 2_000,
  headerBytes: 16_384,
  bodyBytes: 262_144,
}

/**
 * The way to the upstream: a pool of connections that verifies TLS whatever the environment says, follows no redirect
 * and bounds what it reads. Retry, circuit breaker and load shedding belong here, between `request` and the pool.
 */
export function createDispatcher ({ origin, connections }: DispatcherOptions) {
  const pool = new Pool(origin, {
    connections,
    allowH2: false,
    maxHeaderSize: LIMITS.headerBytes,
    maxResponseSize: LIMITS.bodyBytes,
    connect: { timeout: LIMITS.connectMs, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
  })
  return {
    /** @throws BrokerError `overloaded` at once where too many requests wait already; else what undici throws */
    async request (options: Dispatcher.RequestOptions): Promise<Exchange> {
      if (pool.stats.size >= connections * 2) throw new BrokerError('overloaded')
      const { statusCode: status, headers, body } = await pool.request(options)
      try {
        return { status, headers, text: await body.text() }
      } catch (failure) {
        return { status, headers, text: '', failure }
      }
    },
    close: () => pool.close(),
  }
}
