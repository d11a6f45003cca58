import { SESSION_URI } from './upstream.js'

/* Preloaded into a server: SIGUSR2 is a bug that nobody catches, with a secret in its message. */
process.on('SIGUSR2', () => {
  throw new Error(`nobody catches this: ${SESSION_URI}`)
})
