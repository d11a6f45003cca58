/** So many, in so many milliseconds, under a name that answers carry. */
export interface Limit {
  name: string
  max: number
  windowMs: number
}

/** What has been used of a limit, and the milliseconds until it begins anew. */
interface Usage {
  used: number
  resetMs: number
}

/** Whole seconds until a limit begins anew, at least one. */
export function secondsLeft ({ resetMs }: Usage): number {
  return Math.max(Math.ceil(resetMs / 1000), 1)
}

/** A limit and what is left of it, as draft-ietf-httpapi-ratelimit-headers has them. */
export function limitHeaders ({ name, max, windowMs }: Limit, usage: Usage) {
  return {
    'ratelimit-policy': `"${name}";q=${max};w=${Math.ceil(windowMs / 1000)}`,
    ratelimit: `"${name}";r=${Math.max(max - usage.used, 0)};t=${secondsLeft(usage)}`,
  }
}
