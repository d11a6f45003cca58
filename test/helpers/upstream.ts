import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSocketServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { Upstream } from '../../src/upstream/upstream.js'

/** A request as it came over the wire. */
export interface Received {
  method: string | undefined
  url: string | undefined
  /** Names as they were written, and values, in order. */
  headers: Array<[name: string, value: string]>
  body: string
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What no log line may hold of a session: the end of its token. */
export const TOKEN_CANARY = 'c2lnbmF0dXJlLWNhbmFyeQ'

/** A token that expires at the start of 2027, signed by nobody. */
export const TOKEN = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ consumer_id: 'acme', exp: 1_798_761_600 })}.${TOKEN_CANARY}`
export const EXPIRES_AT = '2027-01-01T00:00:00.000Z'
export const SESSION_URI = `https://vault.apideck.com/session/${TOKEN}`

/** Apideck's answer with the members of `data` as given. */
export function mintedBody (data: Record<string, unknown> = {}): string {
  return JSON.stringify({ status_code: 200, status: 'OK', data: { session_uri: SESSION_URI, session_token: TOKEN, ...data } })
}

/** Apideck's error object. */
export function errorBody (status: number, members: Record<string, unknown> = {}): string {
  return JSON.stringify({ status_code: status, error: 'Error', type_name: 'RequestValidationError', message: 'upstream-words', detail: 'upstream-words', ref: 'https://developers.apideck.com/errors', ...members })
}

export function mint (_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'request-id': 'upstream-1' }).end(mintedBody())
}

/** An upstream over a real socket that answers as told and keeps what it received. Closed with the test. */
export async function httpUpstream (t: Test, answer: (request: IncomingMessage, response: ServerResponse) => void = mint) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    text(request).then((body) => {
      const { rawHeaders: raw } = request
      const headers = raw.flatMap((name, i): Array<[string, string]> => i % 2 === 0 ? [[name, raw[i + 1] ?? '']] : [])
      received.push({ method: request.method, url: request.url, headers, body })
      answer(request, response)
    }, () => response.destroy())
  })
  const url = await listen(t, server)
  t.teardown(() => server.closeAllConnections())
  return { url, received }
}

/** An upstream that answers nothing by itself: `next()` is the response to the next request, to be ended by the test. */
export async function heldUpstream (t: Test) {
  const waiting: ServerResponse[] = []
  const takers: Array<(response: ServerResponse) => void> = []
  const upstream = await httpUpstream(t, (_request, response) => {
    const taker = takers.shift()
    if (taker === undefined) waiting.push(response)
    else taker(response)
  })
  return {
    ...upstream,
    next: () => new Promise<ServerResponse>((resolve) => {
      const response = waiting.shift()
      if (response === undefined) takers.push(resolve)
      else resolve(response)
    }),
  }
}

/** An upstream that is a bare socket, for what no HTTP server would say. Closed with the test. */
export async function socketUpstream (t: Test, onRequest: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createSocketServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('data', () => onRequest(socket))
  })
  const url = await listen(t, server)
  t.teardown(() => sockets.forEach((socket) => socket.destroy()))
  return { url }
}

/** Listens on a free port of loopback. */
export async function listen (t: Test, server: Server, scheme = 'http'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise((resolve) => server.close(resolve)))
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An upstream that is nothing but this function. */
export function upstreamOf (createSession: Upstream['createSession'], close = async () => {}): Upstream {
  return { createSession, standing: { circuit: 'closed', inFlight: 0, waiting: 0 }, isFull: false, close }
}
