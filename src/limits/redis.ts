import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Secret } from '../secret.js'
import { CounterFailure, type Counter, type Usage } from './counter.js'

/**
 * Milliseconds that Redis has to be connected to, and to answer, since a browser waits; after which a connection that
 * owes an answer is given up; and at most between two attempts to connect.
 */
const LIMITS = { connectMs: 1_000, commandMs: 250, silenceMs: 2_000, reconnectMs: 1_000 }

/** Counts one more, and gives a key the end of its window where it has none yet, or one beyond a window. */
const SCRIPT = `
local used = redis.call('INCR', KEYS[1])
local reset = redis.call('PTTL', KEYS[1])
if reset < 0 or reset > tonumber(ARGV[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  reset = tonumber(ARGV[1])
end
return { used, reset }
`

type RedisWithScript = Redis & { count: (key: string, windowMs: number) => Promise<unknown> }

/** One connection to a Redis that may come and go: what cannot be done at once fails at once. */
export function createRedis (url: Secret) {
  const redis = new Redis(url.reveal(), {
    lazyConnect: true,
    protocol: 2,
    disableClientInfo: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: LIMITS.connectMs,
    commandTimeout: LIMITS.commandMs,
    socketTimeout: LIMITS.silenceMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, LIMITS.reconnectMs) * (0.5 + Math.random() / 2),
    // A primary that has become a replica: whoever has taken its place stands at the same address.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    scripts: { count: { lua: SCRIPT, numberOfKeys: 1 } },
    ...(url.reveal().startsWith('rediss:') ? { tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const } } : {}),
  })
  let broken = 'not_connected'
  redis.on('ready', () => { broken = 'not_connected' })
  redis.on('error', (error: NodeJS.ErrnoException) => { broken = error.code ?? nameIn(error) })

  async function add (key: string, windowMs: number): Promise<Usage> {
    return usageIn(await (redis as RedisWithScript).count(key, windowMs).catch((error: Error) => {
      throw new CounterFailure(redis.status === 'ready' ? nameIn(error) : broken)
    }))
  }

  return {
    /** Connects, and goes on trying where that fails. Resolves to why it has, if it has by now. */
    async connect (): Promise<string | undefined> {
      await Promise.race([redis.connect().catch(() => {}), delay(LIMITS.connectMs, undefined, { ref: false })])
      return redis.status === 'ready' ? undefined : broken
    },
    counter: (name: string, windowMs: number): Counter => ({
      add: (key) => add(`vault-session-broker:${name}:${key}`, windowMs),
    }),
    close: () => redis.disconnect(),
  }
}

/** What Redis answered, if it is what the script returns. */
function usageIn (answer: unknown): Usage {
  const [used, resetMs] = Array.isArray(answer) ? answer as unknown[] : []
  if (![used, resetMs].every((count) => Number.isSafeInteger(count) && Number(count) >= 0)) throw new CounterFailure('not_counts')
  return { used: Number(used), resetMs: Number(resetMs) }
}

/** `NOAUTH`, `LOADING`, `OOM`: the first word of Redis's errors is their name. */
function nameIn ({ message }: Error): string {
  if (message === 'Command timed out') return 'timeout'
  return /^[A-Z]{2,}\b/.exec(message)?.[0] ?? 'failed'
}
