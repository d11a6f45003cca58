import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { CANARY } from '../canaries.js'
import type { Certificates } from './certificates.js'
import { closed, freePort, listen } from './ports.js'

/** A call as it came over the wire. */
export interface Call {
  key: string
  consumer: string
  /** The mark of the request that it was made for. */
  mark: string
}

/** What becomes of a call. */
export type Behaviour = (socket: Socket, call: Call) => void

/** What becomes of a connection, before TLS. Without it, TLS begins. */
export type Welcome = (socket: Socket) => void

/** A stand-in for Apideck, real TLS over bare sockets, that can be made to fail in whatever way. */
export interface Apideck {
  url: string
  /** Keys that it takes. */
  keys: Set<string>
  /** What it does where nothing else is wanted of it. */
  serveWell: Behaviour
  /** Hears of each call that came whole. */
  onCall: (call: Call) => void
  /** What becomes of calls instead of a session. */
  behaviour: Behaviour | undefined
  welcome: Welcome | undefined
  /** Shows a certificate by nobody from the next connection on, or its own again. */
  showBadCertificate (isBad: boolean): void
  /** Ends connections: all, or those that wait for a call, and with a reset or in good order. */
  endConnections (which: 'all' | 'idle', how: 'reset' | 'end'): void
  close (): Promise<void>
  listen (): Promise<void>
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Apideck's answer to a call that it likes. The token says whom and what it is for. */
export function minted ({ consumer, mark }: Call): string {
  const token = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ consumer_id: consumer, mark, exp: Math.floor(Date.now() / 1000) + 3600 })}.${CANARY}-session`
  return JSON.stringify({ status_code: 200, status: 'OK', data: { session_uri: `https://vault.apideck.com/session/${token}`, session_token: token } })
}

/** A whole answer. */
export function answer (socket: Socket, status: number, body: string, headers: Record<string, string> = {}): void {
  const all = { 'content-type': 'application/json', 'request-id': 'soak-1', 'content-length': Buffer.byteLength(body), ...headers }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  if (socket.writable) socket.write(`HTTP/1.1 ${status} Soak\r\n${head}\r\n${body}`)
}

/** Apideck's error object, with words that nobody is to see. */
export function refuse (socket: Socket, status: number, headers: Record<string, string> = {}): void {
  answer(socket, status, JSON.stringify({ status_code: status, error: 'Error', type_name: 'RequestValidationError', message: `${CANARY}-upstream`, detail: { authorization: `${CANARY}-upstream` } }), headers)
}

export async function startApideck (certificates: Certificates): Promise<Apideck> {
  /** Open connections, and whether a call is under way on each. */
  const sockets = new Map<Socket, boolean>()
  const tls = createTlsServer(certificates.good, serve)
  tls.on('tlsClientError', () => {})
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    keep(socket, true)
    if (apideck.welcome !== undefined) return apideck.welcome(socket)
    sockets.delete(socket)
    tls.emit('connection', socket)
  })
  const port = await freePort()

  function keep (socket: Socket, isBusy: boolean): void {
    sockets.set(socket, isBusy)
    socket.once('close', () => sockets.delete(socket))
  }

  function serve (socket: TLSSocket): void {
    let received = ''
    keep(socket, false)
    socket.on('error', () => {})
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk
      const end = received.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = received.slice(0, end)
      const whole = end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (received.length < whole) return
      const call = callIn(head, received.slice(end + 4, whole))
      received = received.slice(whole)
      sockets.set(socket, true)
      apideck.onCall(call)
      if (apideck.behaviour !== undefined) apideck.behaviour(socket, call)
      else apideck.serveWell(socket, call)
      sockets.set(socket, false)
    })
  }

  const apideck: Apideck = {
    url: `https://127.0.0.1:${port}`,
    keys: new Set(),
    onCall: () => {},
    serveWell (socket, call) {
      if (apideck.keys.has(call.key)) answer(socket, 200, minted(call))
      else refuse(socket, 401)
    },
    behaviour: undefined,
    welcome: undefined,
    showBadCertificate (isBad) {
      const { cert, key } = isBad ? certificates.bad : certificates.good
      tls.setSecureContext({ cert, key })
    },
    endConnections (which, how) {
      for (const [socket, isBusy] of sockets) {
        if (which === 'idle' && isBusy) continue
        if (how === 'end') socket.end()
        else socket.destroy()
      }
    },
    async close () {
      const done = closed(server)
      apideck.endConnections('all', 'reset')
      await done
    },
    listen: async () => { if (!server.listening) await listen(server, port) },
  }
  await apideck.listen()
  return apideck
}

function callIn (head: string, body: string): Call {
  const valueOf = (name: string) => new RegExp(`\\r\\n${name}: ([^\\r]*)`, 'i').exec(head)?.[1] ?? ''
  return {
    key: valueOf('authorization').replace('Bearer ', ''),
    consumer: valueOf('x-apideck-consumer-id'),
    mark: /"vault_name":"([^"]*)"/.exec(body)?.[1] ?? '',
  }
}
