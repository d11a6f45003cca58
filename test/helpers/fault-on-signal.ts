import { SESSION_URI } from './upstream.js'

/* Preloaded into a server: SIGWINCH is a fault of its own, the one that FAULT names. */

const faults: Record<string, () => void> = {
  /** A bug that nobody catches, with a secret in its message. */
  exception: () => { throw new Error(`nobody catches this: ${SESSION_URI}`) },
  rejection: () => reject(new Error(`nobody catches this: ${SESSION_URI}`)),
  /** A rejection without so much as an error. */
  nothing: () => reject(undefined),
  /** Nothing is read, written or timed for three seconds. */
  block: () => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000) },
}

function reject (reason: unknown): void {
  Reflect.apply<typeof Promise, unknown[], unknown>(Promise.reject, Promise, [reason])
}

process.on('SIGWINCH', () => faults[process.env['FAULT'] ?? 'exception']?.())
