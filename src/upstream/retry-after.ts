/** The longest wait that is handed on, in seconds. */
const MAX_SECONDS = 3_600

/**
 * A `Retry-After` (RFC 9110, section 10.2.3: seconds or a date) in whole seconds from 1 to 3600, or `undefined`.
 *
 * @param now milliseconds since the epoch
 */
export function retryAfterSeconds (header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string') return undefined
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(Math.ceil(seconds), 1), MAX_SECONDS)
}
