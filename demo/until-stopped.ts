/**
 * Resolves at the first Ctrl-C or SIGTERM. Those that follow change nothing: ended at once, we would leave behind what we
 * have started.
 */
export function untilStopped (): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
  })
}
