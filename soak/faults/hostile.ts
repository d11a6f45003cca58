import { connect } from 'node:net'
import type { Breaches } from '../breaches.js'

/** Milliseconds after which whoever sends too slowly is cut off, and what a busy machine may add. */
const CUT_WITHIN_MS = 10_000 + 4_000

/** What a client can be told before it is known for what it is. */
const MAY_COME_FIRST = /"code":"(?:overloaded|identity_unavailable)"/

/** A client that does not do what clients do. */
export interface Hostile {
  what: string
  port: number
  /** What it sends at once, and what it sends then, at once too or byte by byte. */
  head?: string
  bytes: string
  everyMs?: number
}

/**
 * Sends it, and resolves once the broker has ended the connection. That must be in time, and the answer, where there is
 * one, a single refusal that blames the client, unless something else stood in its way before that was known.
 */
export function turnAway ({ what, port, head = '', bytes, everyMs }: Hostile, breaches: Breaches): Promise<void> {
  return new Promise((resolve) => {
    let received = ''
    let sent = 0
    let isRefused = false
    const socket = connect({ port, host: '127.0.0.1' }).setEncoding('latin1')
    const late = setTimeout(() => {
      breaches.add('hostile', `${what}: still connected after ${CUT_WITHIN_MS} ms`)
      socket.destroy()
    }, CUT_WITHIN_MS)
    const drip = setInterval(() => {
      if (everyMs !== undefined && socket.writable && sent < bytes.length) socket.write(bytes.charAt(sent++), 'latin1')
    }, everyMs ?? CUT_WITHIN_MS)
    const first = everyMs === undefined ? head + bytes : head
    if (first !== '') socket.write(first, 'latin1')
    socket.on('data', (chunk: string) => { received += chunk })
    socket.on('error', (error: NodeJS.ErrnoException) => { isRefused = error.code === 'ECONNREFUSED' })
    socket.on('end', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(late)
      clearInterval(drip)
      const statuses = [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))
      const isRight = statuses.length <= 1 && (statuses.every((status) => status >= 400 && status < 500) || MAY_COME_FIRST.test(received))
      // A replica that has just stopped is nobody's fault.
      if (!isRight && !isRefused) breaches.add('hostile', `${what}: answered ${statuses.join(' and ')}`)
      resolve()
    })
  })
}
