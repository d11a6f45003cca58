import { ownError } from './error.js'

/** What ends work early. */
export interface Deadline {
  signal?: AbortSignal | undefined
  /** 15,000 unless told otherwise. */
  timeoutMs?: number | undefined
}

/** The longest that a browser's timer can wait, some 24 days; it takes more for nothing at all. */
const MAX_DELAY_MS = 2 ** 31 - 1

/**
 * Does work, and waits for it no longer than the caller's signal and that time allow. The work is handed a signal of
 * its own, whose reason is the error that this throws. Nothing is left behind on the caller's signal.
 *
 * @throws VaultSessionError `aborted`, `timed_out`, or what the work throws
 */
export async function withDeadline<T> ({ signal, timeoutMs = 15_000 }: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const aborted = () => ownError('aborted', { cause: signal?.reason })
  if (signal?.aborted) throw aborted()

  const controller = new AbortController()
  const ended = new Promise<never>((_resolve, reject) => {
    controller.signal.onabort = () => reject(controller.signal.reason)
  })
  const onAbort = () => controller.abort(aborted())
  signal?.addEventListener('abort', onAbort)
  const timer = setTimeout(() => controller.abort(ownError('timed_out')), Math.min(timeoutMs, MAX_DELAY_MS))
  try {
    return await Promise.race([ended, work(controller.signal)])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
