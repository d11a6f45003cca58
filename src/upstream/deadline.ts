/** The end that a call has. */
export interface Deadline {
  /** Aborted at the deadline, or as whoever asked for the call leaves. */
  signal: AbortSignal
  /** Milliseconds that are left. */
  left: () => number
}

/**
 * Makes a call that ends at its deadline, or as whoever asked for it leaves, whichever is first.
 *
 * Not with `AbortSignal.any`: on Node 20 a garbage collection takes the timeout out of it (nodejs/node#57736), and the
 * call never ends.
 *
 * @param ms milliseconds until the deadline, which is a `TimeoutError`
 */
export async function withDeadline<T> (ms: number, gone: AbortSignal | undefined, call: (deadline: Deadline) => Promise<T>): Promise<T> {
  const endsAt = performance.now() + ms
  const end = new AbortController()
  const leave = () => end.abort(gone?.reason)
  const timer = setTimeout(() => end.abort(new DOMException('The call took too long.', 'TimeoutError')), ms)
  if (gone?.aborted === true) leave()
  gone?.addEventListener('abort', leave)
  try {
    return await call({ signal: end.signal, left: () => endsAt - performance.now() })
  } finally {
    clearTimeout(timer)
    gone?.removeEventListener('abort', leave)
  }
}
