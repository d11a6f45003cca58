import { createRemoteJWKSet, customFetch, type FetchImplementation } from 'jose'
import { Availability, type Watcher } from '../availability.js'
import { BrokerError } from '../errors.js'
import { createIssuer, failureName, type IssuerOptions } from './issuer.js'
import type { IssuerKeys } from './jwt.js'

/** Whose keys, who hears of an issuer that cannot be reached, and the patience with it, in milliseconds. */
export interface IssuerKeysOptions extends IssuerOptions {
  watcher: Watcher
  /** How long keys count that could not be fetched anew. */
  maxAgeMs?: number
  /** The age at which they are fetched anew while those at hand still count. */
  refreshAgeMs?: number
  /** What must have passed since the last fetch before a key that nobody knows is looked for. */
  cooldownMs?: number
  /** What must have passed since a fetch that failed before the next. */
  retryMs?: number
  now?: () => number
}

/** Milliseconds for one fetch in all, discovery included. */
const FETCH_MS = 5_000

/**
 * The issuer's keys: fetched at start, kept, and fetched anew before they are too old or when a token names one that is
 * not among them. An issuer that is away for less than `maxAgeMs - refreshAgeMs` is missed by nobody.
 */
export function createIssuerKeys ({
  watcher, maxAgeMs = 600_000, refreshAgeMs = 300_000, cooldownMs = 10_000, retryMs = 2_000, now = Date.now, ...options
}: IssuerKeysOptions): IssuerKeys {
  const issuer = createIssuer(options)
  const availability = new Availability(watcher, now)
  let fetchedAt = -Infinity
  let failedAt = -Infinity

  const fetchKeys: FetchImplementation = async (_url, { signal }) => {
    if (now() - failedAt < retryMs) throw new BrokerError('identity_unavailable')
    try {
      const keys = await issuer.fetchKeys(signal)
      fetchedAt = now()
      availability.regain()
      return Response.json(keys)
    } catch (error) {
      failedAt = now()
      const failure = failureName(error)
      availability.lose(failure)
      throw new BrokerError('identity_unavailable', { facts: { identity_failure: failure }, cause: error })
    }
  }

  const remote = createRemoteJWKSet(new URL(options.issuer), {
    [customFetch]: fetchKeys, timeoutDuration: FETCH_MS, cooldownDuration: cooldownMs, cacheMaxAge: maxAgeMs,
  })

  /** In the background: a failure is told to the watcher, and to whoever needs what could not be fetched. */
  function fetchAnew (): void {
    remote.reload().catch(() => {})
  }

  fetchAnew()
  return {
    async find (header, token) {
      const key = await remote(header, token)
      if (now() - fetchedAt >= refreshAgeMs && !remote.reloading) fetchAnew()
      return key
    },
    close: () => issuer.close(),
  }
}
