/** The value below which this share of the sorted values lies. */
export function quantile (values: readonly number[], share: number): number {
  return values[Math.floor(values.length * share)] ?? NaN
}

/** The value in the middle. */
export function median (values: readonly number[]): number {
  return quantile(sorted(values), 0.5)
}

/** What one is of the other, round by round: the median of it, and the quartiles, between which half of the rounds lie. */
export interface Ratio {
  median: number
  from: number
  to: number
}

export function ratioOf (values: readonly number[], base: readonly number[]): Ratio {
  const ratios = sorted(values.map((value, round) => value / (base[round] ?? NaN)))
  return { median: quantile(ratios, 0.5), from: quantile(ratios, 0.25), to: quantile(ratios, 0.75) }
}

/** How far values lie from the straight line that fits them best, at most, as a share of what the line says there. */
export function distanceFromLine (points: ReadonlyArray<readonly [x: number, y: number]>): number {
  const mean = (of: (point: readonly [number, number]) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean(([x]) => x), mean(([, y]) => y)]
  const slope = mean(([a, b]) => (a - x) * (b - y)) / mean(([a]) => (a - x) ** 2)
  return Math.max(...points.map(([a, b]) => Math.abs(b / (y + slope * (a - x)) - 1)))
}

/** From the least to the greatest. */
export function sorted (values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}
