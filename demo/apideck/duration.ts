const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

export const WEEK = 604_800

/** `90s`, `30m`, `12h`, `7d` or `1w` in seconds; `undefined` for anything else, nought included. */
export function durationSeconds (text: string) {
  const [, amount, unit] = /^([1-9]\d{0,8})([smhdw])$/.exec(text) ?? []
  const seconds = unitSeconds[unit ?? '']
  return seconds === undefined ? undefined : Number(amount) * seconds
}
