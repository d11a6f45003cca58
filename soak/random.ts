import { createHash } from 'node:crypto'

/** Chance that can be had again: the same seed and name give the same course. */
export interface Random {
  /** From 0 to 1. */
  next (): number
  between (least: number, most: number): number
  chance (share: number): boolean
  pick<T> (list: readonly [T, ...T[]]): T
}

/** Makes the course of one name, so that none depends on how often another was asked (mulberry32). */
export function createRandom (seed: number, name: string): Random {
  let state = createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE()

  function next (): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  return {
    next,
    between: (least, most) => least + next() * (most - least),
    chance: (share) => next() < share,
    pick: (list) => list[Math.floor(next() * list.length)] as typeof list[0],
  }
}
