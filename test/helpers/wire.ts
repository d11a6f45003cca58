import { connect, type Socket } from 'node:net'
import type { LogLine, startBroker } from './broker.js'

/** An answer as it stood on the wire. Names in lower case. */
export interface WireAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

type Broker = Awaited<ReturnType<typeof startBroker>>

/** Milliseconds in which whatever is refused at once is refused, on the slowest of machines. */
const AT_ONCE_MS = 4_000

/** A connection of one's own, of which every byte counts. An error is an end like any other. */
export function dial (url: string): Socket {
  return connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
}

/** Resolves as a connection is closed, in whichever way. */
export function closed (socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}

/** What comes back, byte by byte, until the connection closes. A connection that stays open is an error. */
export async function readToEnd (socket: Socket, withinMs = AT_ONCE_MS): Promise<string> {
  const chunks: string[] = []
  socket.setEncoding('latin1').on('data', (chunk: string) => chunks.push(chunk))
  socket.resume()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    socket.destroy()
  }, withinMs)
  await closed(socket)
  clearTimeout(timer)
  if (isLate) throw new Error(`still open after ${withinMs} ms: ${chunks.join('').slice(0, 200)}`)
  return chunks.join('')
}

/** Sends these bytes, one a character, and reads to the end. */
export async function exchange (url: string, bytes: string, withinMs = AT_ONCE_MS): Promise<WireAnswer[]> {
  const socket = dial(url)
  socket.write(Buffer.from(bytes, 'latin1'))
  return answersIn(await readToEnd(socket, withinMs))
}

/** The answers in what came over a connection. Anything else in it is an error: each byte must belong to one. */
export function answersIn (received: string): WireAnswer[] {
  const answers: WireAnswer[] = []
  let rest = received
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n')
    const status = /^HTTP\/1\.1 (\d{3}) [A-Z][\w' -]+$/.exec(first)?.[1]
    if (end === -1 || status === undefined) throw new Error(`no answer: ${rest.slice(0, 200)}`)
    const pairs = lines.map((line): [string, string] => {
      const [, name, value] = /^([\w-]+): (.*)$/.exec(line) ?? []
      if (name === undefined || value === undefined) throw new Error(`no header: ${line}`)
      return [name.toLowerCase(), value]
    })
    const headers = Object.fromEntries(pairs)
    if (Object.keys(headers).length !== pairs.length) throw new Error(`a header stands there twice: ${lines.join(', ')}`)
    const length = status.startsWith('1') ? 0 : Number(headers['content-length'])
    const body = rest.slice(end + 4, end + 4 + length)
    if (body.length !== length) throw new Error(`a body of ${body.length} bytes that should have ${length}`)
    answers.push({ status: Number(status), headers, body })
    rest = rest.slice(end + 4 + length)
  }
  return answers
}

/** The lines about a request, once its own is there: that is written as its connection is done with it. */
export async function linesAbout (broker: Broker, requestId: string | undefined): Promise<LogLine[]> {
  const about = () => broker.log().filter((line) => line['request_id'] === requestId)
  while (!about().some(({ msg }) => isRequestLine(msg))) await broker.nextLine()
  return about()
}

/** Whether a message is that of the one line that each request ends with. */
export function isRequestLine (msg: unknown): boolean {
  return /^request (?:completed|refused|abandoned)/.test(String(msg))
}
