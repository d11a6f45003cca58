import { Pool, type Dispatcher } from 'undici'
import { BrokerError } from '../errors.js'

export interface DispatcherOptions {
  /** Scheme, host and port. */
  origin: string
  /** Sockets, and so requests in flight. As many again may wait for one. */
  connections: number
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
    connect: { timeout: LIMITS.connectMs, rejectUnauthorized: true },
  })
  return {
    /** @throws BrokerError `overloaded` at once where too many requests wait already; else what undici throws */
    async request (options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
      if (pool.stats.size >= connections * 2) throw new BrokerError('overloaded')
      return pool.request(options)
    },
    close: () => pool.close(),
  }
}
