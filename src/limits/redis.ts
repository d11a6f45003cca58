import type { LookupFunction } from 'node:net'
import type { Secret } from '../secret.js'
import { addressIn } from './address.js'
import { RedisConnection } from './connection.js'
import { CounterFailure, type Counter, type Usage } from './counter.js'
import type { Reply } from './resp.js'

/** At most, milliseconds between two attempts to connect. */
const RECONNECT_MS = 1_000

/**
 * Counts one more, and gives a key the end of its window where it has none yet, or one beyond a window. What is
 * returned with it is the ticket that came with the command: nobody takes another's answer for their own.
 */
const SCRIPT = `
local used = redis.call('INCR', KEYS[1])
local reset = redis.call('PTTL', KEYS[1])
if reset < 0 or reset > tonumber(ARGV[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  reset = tonumber(ARGV[1])
end
return { used, reset, tonumber(ARGV[2]) }
`

/**
 * A Redis that may come and go: what cannot be done at once fails at once, and nothing is sent twice. Where its URL is
 * replaced, the connection to the old one is used until there is one to the new one, or until that has failed.
 */
export function createRedis (url: Secret, resolve?: LookupFunction) {
  const connections = new Set<RedisConnection>()
  /** The one that is used, or is to be. */
  let latest: RedisConnection | undefined
  let inUse: RedisConnection | undefined
  let failure = 'not_connected'
  let attempts = 0
  let tickets = 0
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  /** @param settled told, once it is known, why this attempt has failed, or that it has not */
  function open (settled: (failure?: string) => void = () => {}): void {
    const address = addressIn(url.reveal())
    if (address === undefined) {
      latest = undefined
      lose('invalid_url')
      return settled('invalid_url')
    }
    const connection: RedisConnection = new RedisConnection(address, {
      opened () {
        if (connection === latest) use(connection)
        settled()
      },
      closed (why) {
        connections.delete(connection)
        if (connection === latest && !isClosed) lose(why)
        settled(why)
      },
    }, resolve)
    connections.add(connection)
    latest = connection
  }

  function use (connection: RedisConnection | undefined): void {
    inUse?.end()
    inUse = connection
  }

  function lose (why: string): void {
    use(undefined)
    failure = why
    reconnect()
  }

  function reconnect (): void {
    const delay = Math.min(50 * 2 ** ++attempts, RECONNECT_MS) * (0.5 + Math.random() / 2)
    timer = setTimeout(() => latest?.isLookingUp ? reconnect() : open(), delay)
  }

  url.onReplace(() => {
    if (isClosed) return
    clearTimeout(timer)
    const attempt = latest === inUse ? undefined : latest
    open()
    attempt?.destroy('closed')
  })

  async function add (key: string, windowMs: number): Promise<Usage> {
    if (inUse === undefined) throw new CounterFailure(failure)
    const ticket = ++tickets
    const usage = await inUse.ask(['EVAL', SCRIPT, '1', key, String(windowMs), String(ticket)], (reply) => usageIn(reply, ticket, windowMs))
    attempts = 0
    return usage
  }

  return {
    /** Connects, and goes on trying where that fails. Resolves to why it has, if it has by now. */
    connect: () => new Promise<string | undefined>(open),
    counter: (name: string, windowMs: number): Counter => ({
      add: (key) => add(`vault-session-broker:${name}:${key}`, windowMs),
    }),
    close (): void {
      isClosed = true
      clearTimeout(timer)
      for (const connection of connections) connection.destroy('closed')
    },
  }
}

/** What Redis answered, if it is what the script returns. */
function usageIn (reply: Reply, ticket: number, windowMs: number): Usage | undefined {
  if (!('numbers' in reply) || reply.numbers.length !== 3) return undefined
  const [used = 0, resetMs = 0, answered] = reply.numbers
  return used >= 1 && resetMs <= windowMs && answered === ticket ? { used, resetMs } : undefined
}
