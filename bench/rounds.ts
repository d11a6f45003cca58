/**
 * Measures each of several things once a round, each round beginning with the next, so that what else the machine does
 * falls on all alike.
 *
 * @returns of each, what every round brought
 */
export async function inRounds<T> (rounds: number, things: ReadonlyArray<() => Promise<T>>): Promise<T[][]> {
  const results = things.map((): T[] => [])
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < things.length; i++) {
      const which = (round + i) % things.length
      const result = await things[which]?.()
      if (result !== undefined) results[which]?.push(result)
    }
  }
  return results
}
