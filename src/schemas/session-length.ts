const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }

/** Apideck's own maximum, one week, in seconds. */
export const MAX_SESSION_SECONDS = SECONDS.w

/** What Apideck takes where no `session_length` is sent, in seconds. */
export const DEFAULT_SESSION_SECONDS = SECONDS.h

/** A duration such as `90s`, `30m`, `12h`, `7d` or `1w` in seconds, or `undefined` for any other text and for none. */
export function sessionSeconds (text: string | undefined): number | undefined {
  const match = /^([1-9][0-9]{0,5})([smhdw])$/.exec(text ?? '')
  return match === null ? undefined : Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS]
}

/** Whether the text is a duration of at most a week. */
export function isSessionLength (text: string): boolean {
  return (sessionSeconds(text) ?? Infinity) <= MAX_SESSION_SECONDS
}
