import { setTimeout as delay } from 'node:timers/promises'
import { Availability, type Watcher } from './availability.js'
import type { Secret } from './secret.js'
import { nameOf, readSmallFile } from './small-file.js'

/**
 * Milliseconds that what is new must have stood, so that nothing half-written is taken; after which a file that does
 * not answer is passed over; and after which a reading on demand gives up, though not before so many looks: a process
 * that stood still has looked at nothing meanwhile.
 */
const LIMITS = { settleMs: 50, readMs: 1_000, rereadMs: 1_000, rereadLooks: 3 }

/** A secret that came from a file. */
export interface SecretFile {
  variable: string
  path: string
  secret: Secret
  /** Whether the secret may have this value. */
  isFit (value: string): boolean
}

/** Milliseconds, and waiting for them to pass. */
export interface Clock {
  now (): number
  wait (ms: number): Promise<unknown>
}

export const machineClock: Clock = {
  now: () => performance.now(),
  wait: (ms) => delay(ms, undefined, { ref: false }),
}

/** Who is told, and what it is made of where a caller brings its own. */
export interface FollowedSecretOptions {
  /** Told that the file is of no use, and that it is again. */
  watcher: Watcher
  /** Told once the secret has been replaced. */
  onReplaced (): void
  clock?: Clock
  /** The text of the file at a path. */
  read?: (path: string) => Promise<string>
}

type Sight = { value: string } | { failure: string }

/**
 * A secret that follows its file, as often as somebody looks. What is new counts once two looks agree on it; what is of
 * no use leaves the last good value in its place.
 */
export class FollowedSecret {
  readonly #file: SecretFile
  readonly #onReplaced: () => void
  readonly #read: (path: string) => Promise<string>
  readonly #clock: Clock
  readonly #availability: Availability
  #isOpen = true
  /** What was seen once and does not count yet, and since when. */
  #unsettled: { sight: Sight, since: number } | undefined
  #reading: Promise<Sight> | undefined
  #lastLook = Promise.resolve()
  #lastReread = Promise.resolve()
  #nextReread: Promise<void> | undefined

  constructor (file: SecretFile, { watcher, onReplaced, clock = machineClock, read = readSmallFile }: FollowedSecretOptions) {
    this.#file = file
    this.#onReplaced = onReplaced
    this.#read = read
    this.#clock = clock
    this.#availability = new Availability(watcher, clock.now)
  }

  /** Reads the file once, after whoever reads it now. Never rejects. */
  look (): Promise<void> {
    this.#lastLook = this.#lastLook.then(() => this.#observe()).catch((error: unknown) => this.#availability.lose(nameOf(error)))
    return this.#lastLook
  }

  /**
   * Reads the file until it is clear what is in it. Many that ask at once are one reading, the next that has not begun.
   * Resolves when that is done or has taken too long, and never rejects.
   */
  reread (): Promise<void> {
    this.#nextReread ??= this.#lastReread = this.#lastReread.then(() => this.#lookUntilSettled())
    return this.#nextReread
  }

  /** Looks no more. */
  close (): void {
    this.#isOpen = false
    this.#unsettled = undefined
  }

  async #lookUntilSettled (): Promise<void> {
    this.#nextReread = undefined
    const until = this.#clock.now() + LIMITS.rereadMs
    await this.look()
    for (let looks = 1; this.#unsettled !== undefined && (looks < LIMITS.rereadLooks || this.#clock.now() < until); looks++) {
      await this.#clock.wait(LIMITS.settleMs)
      await this.look()
    }
  }

  async #observe (): Promise<void> {
    if (!this.#isOpen) return
    const sight = await this.#see()
    if (!this.#isOpen) return
    const now = this.#clock.now()
    const before = this.#unsettled
    const isKnown = 'failure' in sight ? this.#availability.isLost : sight.value === this.#file.secret.reveal()
    const hasStood = before !== undefined && agree(sight, before.sight)
    if (isKnown || (hasStood && now - before.since >= LIMITS.settleMs)) this.#settle(sight)
    else if (!hasStood) this.#unsettled = { sight, since: now }
  }

  #settle (sight: Sight): void {
    this.#unsettled = undefined
    if ('failure' in sight) {
      this.#availability.lose(sight.failure)
      return
    }
    this.#availability.regain()
    const isNew = sight.value !== this.#file.secret.reveal()
    this.#file.secret.replace(sight.value)
    if (isNew) this.#onReplaced()
  }

  /** What is in the file now. One that hangs is not opened again until it answers. */
  #see (): Promise<Sight> {
    if (this.#reading !== undefined) return Promise.resolve({ failure: 'timeout' })
    this.#reading = this.#open().finally(() => { this.#reading = undefined })
    return Promise.race([this.#reading, this.#clock.wait(LIMITS.readMs).then(() => ({ failure: 'timeout' }))])
  }

  async #open (): Promise<Sight> {
    try {
      const value = (await this.#read(this.#file.path)).trim()
      if (value === '') return { failure: 'empty' }
      return this.#file.isFit(value) ? { value } : { failure: 'malformed' }
    } catch (error) {
      return { failure: nameOf(error) }
    }
  }
}

/** Whether two looks saw the same. A file may be of no use in another way each time. */
function agree (one: Sight, other: Sight): boolean {
  if ('failure' in one || 'failure' in other) return 'failure' in one && 'failure' in other
  return one.value === other.value
}
