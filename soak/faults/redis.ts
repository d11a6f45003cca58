import type { Fault } from './fault.js'

/** Redis goes away in whatever way: requests are served as ever, under limits kept in memory. */

const common = { touches: 'headers', allows: [], lastsMs: [1_000, 6_000], lingersMs: 2_000, slowerMs: 1_000 } as const

export const redisFaults: readonly Fault[] = [
  {
    name: 'Redis: killed',
    ...common,
    async begin ({ redis }) {
      await redis.kill()
      return () => redis.start()
    },
  },
  {
    name: 'Redis: restarted',
    ...common,
    lastsMs: [0, 100],
    async begin ({ redis }) {
      await redis.kill()
      await redis.start()
      return () => {}
    },
  },
  {
    name: 'Redis: frozen',
    ...common,
    begin ({ redis }) {
      redis.freeze()
      return () => redis.thaw()
    },
  },
  ...Object.entries({ 'other words': 'HTTP/1.1 400 canary-redis\r\n\r\n', errors: '-ERR canary-redis\r\n', 'other numbers': ':-7\r\n', 'no memory': '-OOM canary-redis\r\n' }).map(([what, answer]): Fault => ({
    name: `Redis: answers ${what}`,
    ...common,
    async begin ({ redis }) {
      await redis.kill()
      const end = await redis.replace(answer)
      return async () => {
        await end()
        await redis.start()
      }
    },
  })),
]
