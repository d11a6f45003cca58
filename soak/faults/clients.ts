import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { kinds, prepareKind } from '../load/kinds.js'
import type { Parts } from '../parts/parts.js'
import { LINGERS_MS, type Fault } from './fault.js'
import { brokenFraming } from './framing.js'
import { turnAway, type Hostile } from './hostile.js'

/** Clients that leave, dawdle, send nonsense or come all at once. Nobody else is to notice. */

const common = { touches: 'headers', allows: [], lastsMs: [1_000, 4_000], lingersMs: 1_000 } as const

const request = 'POST /vault-session HTTP/1.1\r\nHost: broker.soak.example\r\nContent-Type: application/json\r\n'

/** So many at once that send nothing, or a byte now and then, until they are cut off. */
function slowly (name: string, count: number, how: (token: string) => Pick<Hostile, 'head' | 'bytes' | 'everyMs'>): Fault {
  return {
    name: `clients: ${name}`,
    ...common,
    lastsMs: [0, 0],
    begin ({ steady, breaches, callers }, random) {
      const all = Array.from({ length: count }, () =>
        turnAway({ what: name, port: steady.port, ...how(callers.pick(random).token) }, breaches))
      return async () => { await Promise.all(all) }
    },
  }
}

export const clientFaults: readonly Fault[] = [
  {
    name: 'clients: leave before the answer',
    ...common,
    begin (parts, random) {
      const timer = setInterval(() => leave(parts, random.between(0, 30)), 20)
      return () => clearInterval(timer)

      function leave ({ steady, ledger, callers }: Parts, ms: number): void {
        const [kind] = kinds
        if (kind === undefined) return
        const entry = ledger.send(prepareKind(kind, ledger.next, callers, random))
        const socket = connect(steady.port, '127.0.0.1').on('error', () => {})
        socket.write(entry.request.bytes)
        setTimeout(() => {
          socket.destroy()
          ledger.left(entry)
        }, ms)
      }
    },
  },
  slowly('say nothing', 50, () => ({ bytes: '' })),
  slowly('drip their headers', 50, () => ({ bytes: `${request}X-Drip: ${'canary-header'.repeat(100)}`, everyMs: 200 })),
  slowly('drip their body', 50, (token) => ({ head: `${request}Authorization: Bearer ${token}\r\nContent-Length: 200\r\n\r\n`, bytes: ' '.repeat(200), everyMs: 200 })),
  {
    name: 'clients: send broken framing',
    ...common,
    async begin ({ steady, breaches }) {
      const all: Array<Promise<void>> = []
      for (const [what, bytes] of [...brokenFraming, ...brokenFraming]) {
        all.push(turnAway({ what, port: steady.port, bytes }, breaches))
        await delay(20)
      }
      return async () => { await Promise.all(all) }
    },
  },
  {
    name: 'clients: never read',
    ...common,
    begin ({ steady }) {
      const sockets = Array.from({ length: 20 }, (): Socket => {
        const socket = connect(steady.port, '127.0.0.1').on('error', () => {}).pause()
        socket.write('GET /livez HTTP/1.1\r\nHost: broker.soak.example\r\n\r\n'.repeat(100))
        return socket
      })
      return () => sockets.forEach((socket) => socket.destroy())
    },
  },
  {
    name: 'clients: ten times as many',
    ...common,
    allows: ['503 overloaded', '504 upstream_timeout'],
    isBusy: true,
    lastsMs: [300, 1_000],
    lingersMs: LINGERS_MS,
    slowerMs: 5_000,
    opensCircuit: true,
    begin ({ load }) {
      load.factor = 10
      return async () => {
        load.factor = 1
        // It is over once all of them have been sent.
        while (load.waiting > 0) await delay(50)
      }
    },
  },
]
