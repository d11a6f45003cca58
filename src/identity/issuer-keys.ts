import { createLocalJWKSet, errors } from 'jose'
import { Availability, type Watcher } from '../availability.js'
import { BrokerError } from '../errors.js'
import { createIssuer, failureName, type IssuerOptions } from './issuer.js'
import type { IssuerKeys } from './jwt.js'

/** Whose keys, who hears of an issuer that cannot be used, and the patience with it, in milliseconds. */
export interface IssuerKeysOptions extends IssuerOptions {
  watcher: Watcher
  /** Hears of each fetch. */
  fetched?: ((result: 'success' | 'failure') => void) | undefined
  /** How long keys count that could not be fetched anew. */
  maxAgeMs?: number
  /** The age at which they are fetched anew while those at hand still count. */
  refreshAgeMs?: number
  /** What must have passed since the last fetch before a key that nobody knows is looked for. */
  cooldownMs?: number
  /** What must have passed since a fetch that failed before the next. */
  retryMs?: number
  /** Milliseconds, on a clock that nobody sets back. */
  now?: () => number
}

type FindKey = ReturnType<typeof createLocalJWKSet>

/** Milliseconds for one fetch in all, discovery included. */
const FETCH_MS = 5_000

/**
 * The issuer's keys: fetched at start, kept, and fetched anew before they are too old or when a token names one that is
 * not among them. An issuer that is away for less than `maxAgeMs - refreshAgeMs` is missed by nobody.
 */
export function createIssuerKeys ({
  watcher, fetched = () => {}, maxAgeMs = 600_000, refreshAgeMs = 300_000, cooldownMs = 10_000, retryMs = 2_000, now = () => performance.now(), ...options
}: IssuerKeysOptions): IssuerKeys {
  const issuer = createIssuer(options)
  const availability = new Availability(watcher, now)
  let isClosed = false
  let findAmong: FindKey | undefined
  let fetchedAt = -Infinity
  let failed = { at: -Infinity, failure: '' }
  let fetching: Promise<FindKey> | undefined

  async function fetchKeys (): Promise<FindKey> {
    try {
      findAmong = createLocalJWKSet(await issuer.fetchKeys(AbortSignal.timeout(FETCH_MS)))
      fetchedAt = now()
      availability.regain()
      fetched('success')
      return findAmong
    } catch (error) {
      failed = { at: now(), failure: failureName(error) }
      if (!isClosed) {
        availability.lose(failed.failure)
        fetched('failure')
      }
      throw unavailable(failed.failure)
    }
  }

  /** One fetch for all who want one, and none within a while of one that failed. */
  async function refresh (): Promise<FindKey> {
    if (now() - failed.at < retryMs) throw unavailable(failed.failure)
    fetching ??= fetchKeys().finally(() => { fetching = undefined })
    return fetching
  }

  /** A failure is told to the watcher, and to whoever needs what could not be fetched. */
  function refreshInBackground (): void {
    refresh().catch(() => {})
  }

  async function keysAtHand (): Promise<FindKey> {
    const age = now() - fetchedAt
    if (findAmong === undefined || age >= maxAgeMs) return refresh()
    if (age >= refreshAgeMs) refreshInBackground()
    return findAmong
  }

  refreshInBackground()
  return {
    async find (header, token) {
      const find = await keysAtHand()
      try {
        return await find(header, token)
      } catch (error) {
        const isWorthLooking = error instanceof errors.JWKSNoMatchingKey && now() - fetchedAt >= cooldownMs
        if (!isWorthLooking) throw error
      }
      return (await refresh())(header, token)
    },
    async close () {
      isClosed = true
      await issuer.close()
    },
  }
}

function unavailable (failure: string): BrokerError {
  return new BrokerError('identity_unavailable', { facts: { identity_failure: failure } })
}
