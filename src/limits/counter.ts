/** What a key has used of its window. */
export interface Usage {
  used: number
  /** Milliseconds until the window ends, and the count with it. */
  resetMs: number
}

/** A counter did not count. The message is a short name of why, for the log. */
export class CounterFailure extends Error {}

/** Counts what each key does, in windows that begin with the key's first deed. */
export interface Counter {
  /**
   * Counts one more, and says how many that makes.
   *
   * @throws CounterFailure
   */
  add (key: string): Promise<Usage>
}
