import type { Socket } from 'node:net'
import type { Underway } from './connections.js'

/** Milliseconds. Longer than a request has to arrive: for that one there is an answer. */
const PATIENCE_MS = 6_500

interface Mark {
  since: number
  /** Bytes read, and bytes that the client's side has taken. */
  read: number
  written: number
}

/**
 * Makes what tells, asked about each connection once a second, which of them hold their place for nothing, where none of
 * Node's timeouts see it: a client that does not read what it is sent, and one that sends, between two requests, what
 * never becomes one (each empty line would let its idle time begin anew).
 */
export function createStalled (now: () => number = () => performance.now()) {
  const marks = new WeakMap<Socket, Mark>()
  return function isStalled (socket: Socket, underway: Underway[]): boolean {
    const read = socket.bytesRead
    const written = socket.bytesWritten - socket.writableLength
    const mark = marks.get(socket)
    if (mark === undefined) {
      marks.set(socket, { since: now(), read, written })
      return false
    }
    const isUnread = socket.writableLength > 0
    const isMumbling = underway.length === 0 && read > mark.read
    if (mark.written === written && (isUnread || isMumbling)) return now() - mark.since > PATIENCE_MS
    Object.assign(mark, { since: now(), read, written })
    return false
  }
}
