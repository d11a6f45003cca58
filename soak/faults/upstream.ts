import { setTimeout as delay } from 'node:timers/promises'
import type { Socket } from 'node:net'
import { answer, minted, refuse, type Behaviour } from '../parts/apideck.js'
import type { Parts } from '../parts/parts.js'
import type { Random } from '../random.js'
import { LINGERS_MS, type Fault, type Outcome } from './fault.js'

/** What Apideck does instead of what it ought to. The broker has 2 s for a call in all. */

const common = { touches: 'upstream', lastsMs: [800, 4_000], lingersMs: LINGERS_MS } as const

/** Long enough for the circuit to open: by then half of all calls of the last 10 s must have failed. */
const outageMs = [11_000, 20_000] as const

/** A call fails in this way, some of them or all. */
function calls (name: string, behaviour: Behaviour, allows: Outcome[], more: Partial<Fault> = {}): Fault {
  return {
    name: `upstream: ${name}`,
    ...common,
    allows,
    begin ({ apideck }, random) {
      const share = random.pick([0.05, 0.3, 1])
      apideck.behaviour = (socket, call) => random.chance(share) ? behaviour(socket, call) : apideck.serveWell(socket, call)
      return () => { apideck.behaviour = undefined }
    },
    ...more,
  }
}

/** A connection fails in this way, before TLS. Those that are open end. */
function connections (name: string, welcome: (socket: Socket) => void, allows: Outcome[], how: 'reset' | 'end' = 'reset'): Fault {
  return {
    name: `upstream: ${name}`,
    ...common,
    allows,
    opensCircuit: true,
    begin ({ apideck }) {
      apideck.welcome = welcome
      apideck.endConnections('all', how)
      return () => {
        apideck.welcome = undefined
        apideck.endConnections('all', 'reset')
      }
    },
  }
}

function nobodyListens (name: string, lastsMs: Fault['lastsMs']): Fault {
  return {
    name: `upstream: ${name}`,
    ...common,
    lastsMs,
    allows: unreachable,
    opensCircuit: true,
    async begin ({ apideck }) {
      await apideck.close()
      return () => apideck.listen()
    },
  }
}

const opens = { opensCircuit: true } as const
const fails = (status: number, headers: Record<string, string> = {}): Behaviour => (socket) => refuse(socket, status, headers)
/** A connection that had been kept and closes without a byte may have been closed before: the call is made on another. */
const replays = { moreCalls: 1 } as const
const unreachable: Outcome[] = ['502 upstream_unreachable']
const timeout: Outcome[] = ['504 upstream_timeout']
const invalid: Outcome[] = ['502 upstream_invalid_response']
/** A call that takes long keeps others out. */
const slow: Outcome[] = [...timeout, '503 overloaded']

export const upstreamFaults: readonly Fault[] = [
  calls('500', fails(500), ['502 upstream_error'], opens),
  calls('502', fails(502), ['502 upstream_error'], opens),
  calls('503', fails(503), ['503 upstream_unavailable'], opens),
  calls('503 for a second', fails(503, { 'retry-after': '1' }), ['503 upstream_unavailable'], { ...opens, slowerMs: 1_000 }),
  calls('503 for a minute', fails(503, { 'retry-after': '60' }), ['503 upstream_unavailable'], opens),
  calls('504', fails(504), timeout, opens),
  calls('408', fails(408), timeout),
  calls('429', fails(429, { 'retry-after': '3' }), ['503 upstream_rate_limited']),
  calls('402', fails(402), ['503 upstream_limit_reached']),
  calls('401', fails(401), ['502 upstream_auth_failed']),
  calls('403', fails(403), ['502 upstream_auth_failed']),
  calls('400', fails(400), ['422 session_rejected']),
  calls('404', fails(404), ['502 upstream_rejected']),
  calls('400 of a proxy', (socket) => answer(socket, 400, '<h1>canary-upstream</h1>', { 'content-type': 'text/html' }), ['502 upstream_rejected']),
  calls('201', (socket, call) => answer(socket, 201, minted(call)), invalid),
  calls('a redirect', (socket) => answer(socket, 307, '', { location: 'https://canary-upstream.example/' }), invalid),
  calls('a page', (socket) => answer(socket, 200, '<h1>canary-upstream</h1>', { 'content-type': 'text/html' }), invalid),
  calls('half of JSON', (socket, call) => answer(socket, 200, minted(call).slice(0, 60)), invalid),
  calls('JSON without a session', (socket) => answer(socket, 200, '{"data":{"session_uri":null}}'), invalid),
  calls("another host's session", (socket, call) => answer(socket, 200, minted(call).replace('vault.apideck.com', 'evil.example')), invalid),
  calls('garbage', (socket) => socket.end('SSH-2.0-canary-upstream\r\n\r\n'), invalid),
  calls('300 KiB', (socket) => answer(socket, 200, JSON.stringify({ data: 'x'.repeat(300 * 1024) })), invalid),
  calls('a header of 64 KiB', (socket, call) => answer(socket, 200, minted(call), { 'x-large': 'x'.repeat(65_536) }), invalid),
  calls('no answer', () => {}, slow, opens),
  calls('a dripped body', drip, slow, opens),
  calls('half a body', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{"data":'), unreachable, opens),
  calls('closed without an answer', (socket) => socket.end(), unreachable, { ...opens, ...replays }),
  calls('reset without an answer', (socket) => { socket.destroy() }, unreachable, { ...opens, ...replays }),
  {
    ...calls('a slow answer', () => {}, []),
    begin ({ apideck, load }, random) {
      // Slower for all, and within what the connections can take.
      const ms = random.between(50, Math.min(150, 8_000 / load.rate))
      apideck.behaviour = (socket, call) => { setTimeout(() => apideck.serveWell(socket, call), ms) }
      return () => { apideck.behaviour = undefined }
    },
  },
  {
    name: 'upstream: idle connections closed',
    ...common,
    ...replays,
    allows: [],
    async begin ({ apideck }, random) {
      const timer = setInterval(() => apideck.endConnections('idle', random.pick(['end', 'reset'])), 100)
      return () => clearInterval(timer)
    },
  },
  nobodyListens('nobody listens', common.lastsMs),
  nobodyListens('nobody listens for long', outageMs),
  outage('500 for long', fails(500), ['502 upstream_error']),
  outage('503 for long', fails(503), ['503 upstream_unavailable']),
  outage('no answer for long', () => {}, slow),
  connections('closed before TLS', (socket) => socket.end(), unreachable, 'end'),
  connections('reset before TLS', (socket) => { socket.resetAndDestroy() }, unreachable),
  connections('silent before TLS', () => {}, [...unreachable, ...slow]),
  connections('no TLS', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), unreachable),
  {
    name: 'upstream: a certificate by nobody',
    ...common,
    allows: unreachable,
    opensCircuit: true,
    begin ({ apideck }) {
      apideck.showBadCertificate(true)
      apideck.endConnections('all', 'reset')
      return () => apideck.showBadCertificate(false)
    },
  },
]

/** All calls fail in this way. */
function outage (name: string, behaviour: Behaviour, allows: Outcome[]): Fault {
  return {
    ...calls(name, behaviour, allows, opens),
    lastsMs: outageMs,
    begin ({ apideck }) {
      apideck.behaviour = behaviour
      return () => { apideck.behaviour = undefined }
    },
  }
}

/** The start of an answer, then a byte now and then. */
function drip (socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n')
  const timer = setInterval(() => socket.writable && socket.write(' '), 200)
  socket.once('close', () => clearInterval(timer))
}

/** Waits until the circuit is closed again, so that the next fault is met and not kept away. */
export async function isGreen ({ ledger }: Parts, random: Random): Promise<void> {
  const since = performance.now()
  await delay(random.between(600, 1_500))
  while (performance.now() - ledger.lastOverloadAt < 600 && performance.now() - since < 40_000) await delay(100)
}
