import type { Watcher } from './availability.js'
import { FollowedSecret, machineClock, type FollowedSecretOptions, type SecretFile } from './followed-secret.js'

/** Milliseconds from one look at a file to the next. */
const LOOK_EVERY_MS = 1_000

/** Which files, and who is told. */
export interface SecretFilesOptions extends Pick<FollowedSecretOptions, 'clock' | 'read'> {
  files: readonly SecretFile[]
  /** Who is told that a variable's file is of no use, and that it is again. */
  watcherOf (variable: string): Watcher
  /** Told once the secret of a variable has been replaced. */
  onReplaced (variable: string): void
}

/** Secrets that follow their files. */
export interface SecretFiles {
  /** Reads the variable's file at once. Resolves when that is done or has taken too long, and never rejects. */
  reread (variable: string): Promise<void>
  /** Looks no more. */
  close (): void
}

/**
 * Follows the files of secrets by reading them again and again: a few bytes a second see every way in which a file can
 * change, whoever mounts it.
 */
export function followSecretFiles ({ files, watcherOf, onReplaced, clock = machineClock, read }: SecretFilesOptions): SecretFiles {
  const followed = new Map(files.map((file) => [file.variable, new FollowedSecret(file, {
    watcher: watcherOf(file.variable),
    onReplaced: () => onReplaced(file.variable),
    clock,
    ...(read === undefined ? {} : { read }),
  })]))
  const followers = [...followed.values()]
  const state = { isOpen: followers.length > 0 }

  /** Waits anew once every file has been seen to, so that looks never pile up. */
  async function keepLooking (): Promise<void> {
    while (state.isOpen) {
      await clock.wait(LOOK_EVERY_MS)
      await Promise.all(followers.map((follower) => follower.look()))
    }
  }

  keepLooking().catch(() => {})
  return {
    reread: async (variable) => followed.get(variable)?.reread(),
    close () {
      state.isOpen = false
      for (const follower of followers) follower.close()
    },
  }
}
