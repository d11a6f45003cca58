/** So many, in so many milliseconds, under a name that answers carry. */
export interface Limit {
  name: string
  max: number
  windowMs: number
}

/** Whole seconds until a limit begins anew, at least one. */
export function secondsLeft (resetMs: number): number {
  return Math.max(Math.ceil(resetMs / 1000), 1)
}

/** A limit of which so much was used, and what is left of it, as draft-ietf-httpapi-ratelimit-headers has them. */
export function limitHeaders ({ name, max, windowMs }: Limit, used: number, resetMs: number) {
  return {
    'ratelimit-policy': `"${name}";q=${max};w=${Math.ceil(windowMs / 1000)}`,
    ratelimit: `"${name}";r=${Math.max(max - used, 0)};t=${secondsLeft(resetMs)}`,
  }
}
