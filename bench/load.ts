import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What came back in a time of so many seconds. Milliseconds, sorted. */
export interface Outcome {
  seconds: number
  sessions: number[]
  refusals: number[]
  /** Answers that were neither 200 nor 503, and connections that broke. */
  others: number
}

/** How the load comes. */
export type Manner =
  /** So many clients, each of which asks again as soon as it is answered, sessions or not. */
  | { clients: number }
  /** So many requests a second, whatever becomes of them, on as many connections as that takes, up to what the broker takes. */
  | { perSecond: number }

const BODY = '{"settings":{"unified_apis":["crm"],"session_length":"30m"}}'
const request = (headers: string) => `POST /vault-session HTTP/1.1\r\nhost: localhost\r\n${headers}content-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`
/** The broker takes 800. */
const MAX_CONNECTIONS = 700

/**
 * Asks for sessions for so many seconds.
 *
 * @param headers what each client says beside the rest, each line with its end
 */
export async function load (port: number, manner: Manner, seconds: number, headers: (client: number) => string = () => ''): Promise<Outcome> {
  const outcome: Outcome = { seconds, sessions: [], refusals: [], others: 0 }
  const open = new Set<Socket>()
  let isOver = false

  function client (onAnswer: (ask: () => void) => void): () => void {
    const socket = connect(port, '127.0.0.1').setNoDelay()
    const text = request(headers(open.size))
    open.add(socket)
    let askedAt = 0
    const ask = () => {
      if (isOver) return
      askedAt = performance.now()
      socket.write(text)
    }
    socket.on('error', () => { outcome.others++ }).on('data', (answer) => {
      // Each answer comes in one piece, or its head does.
      const status = answer.toString('latin1', 0, 12)
      if (!status.startsWith('HTTP/1.1 ')) return
      const ms = performance.now() - askedAt
      if (status.endsWith('200')) outcome.sessions.push(ms)
      else if (status.endsWith('503')) outcome.refusals.push(ms)
      else outcome.others++
      onAnswer(ask)
    })
    return ask
  }

  if ('clients' in manner) {
    for (let i = 0; i < manner.clients; i++) client((ask) => ask())()
    await delay(seconds * 1_000)
  } else {
    const idle: Array<() => void> = []
    const since = performance.now()
    for (let asked = 0; performance.now() - since < seconds * 1_000;) {
      for (const due = Math.floor((performance.now() - since) / 1_000 * manner.perSecond); asked < due; asked++) {
        const ask = idle.pop() ?? (open.size < MAX_CONNECTIONS ? client((again) => idle.push(again)) : undefined)
        ask?.()
      }
      await delay(1)
    }
  }
  isOver = true
  for (const socket of open) socket.destroy()
  return { ...outcome, sessions: sorted(outcome.sessions), refusals: sorted(outcome.refusals) }
}

/** The value below which this share of the sorted values lies. */
export function quantile (values: readonly number[], share: number): number {
  return values[Math.floor(values.length * share)] ?? NaN
}

function sorted (values: number[]): number[] {
  return values.sort((a, b) => a - b)
}
