import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { buildConnector } from 'undici'

/** Published by undici as it begins to write a request, in the same moment. */
const SENDING = 'undici:client:sendHeaders'

/** When in the life of its connection a request failed. */
type Moment = 'kept_connection_closed' | 'answer_begun'

/** Connects, and knows of a connection that breaks whether it had been kept from earlier, and whether an answer had begun. */
export interface Connector {
  connect: buildConnector.connector
  /** Whether it is the failure of a connection that was kept from an earlier answer and brought nothing since. */
  isOfKeptConnection (error: unknown): boolean
  /** Whether it is the failure of a connection that broke within an answer. */
  isWithinAnswer (error: unknown): boolean
  close (): void
}

export function createConnector (options: buildConnector.BuildOptions): Connector {
  const connect = buildConnector(options)
  /** Of each connection, the bytes that had been read as the last request went out on it. */
  const readBefore = new WeakMap<Socket, { bytes: number }>()
  const moments = new WeakMap<object, Moment>()

  function onSending (message: unknown): void {
    const { socket } = message as { socket: Socket }
    const before = readBefore.get(socket)
    if (before !== undefined) before.bytes = socket.bytesRead
  }

  function watch (socket: Socket): void {
    const before = { bytes: 0 }
    readBefore.set(socket, before)
    socket.on('error', (error) => {
      if (socket.bytesRead > before.bytes) moments.set(error, 'answer_begun')
      else if (before.bytes > 0) moments.set(error, 'kept_connection_closed')
    })
  }

  const is = (moment: Moment) => (error: unknown) => typeof error === 'object' && error !== null && moments.get(error) === moment

  subscribe(SENDING, onSending)
  return {
    connect (target, callback) {
      connect(target, (...[error, socket]) => {
        if (error !== null) return callback(error, null)
        watch(socket)
        return callback(null, socket)
      })
    },
    isOfKeptConnection: is('kept_connection_closed'),
    isWithinAnswer: is('answer_begun'),
    close: () => { unsubscribe(SENDING, onSending) },
  }
}
