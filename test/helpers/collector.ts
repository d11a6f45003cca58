import { createServer, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import { listen } from './upstream.js'

/** A span as it came over the wire. IDs in hexadecimal. */
export interface Span {
  traceId: string
  spanId: string
  parentId: string
  name: string
  /** Of OTLP: 1 internal, 2 server, 3 client. */
  kind: number
  attributes: Record<string, string | number>
  /** 2 is an error. */
  status: number
  /** What is said of who made it. */
  resource: Record<string, string | number>
}

/**
 * A collector of OpenTelemetry's, of which the tests need no more than that it reads OTLP: protobuf over HTTP. Closed with
 * the test.
 */
export async function startCollector (t: Test) {
  const spans: Span[] = []
  const requests: Array<{ path: string | undefined, headers: IncomingHttpHeaders, body: Buffer }> = []
  const state = { status: 200 }
  const server = createServer((request, response) => {
    buffer(request).then((body) => {
      requests.push({ path: request.url, headers: request.headers, body })
      if (state.status === 200) spans.push(...spansIn(body))
      response.writeHead(state.status).end()
    }, () => response.destroy())
  })
  const url = await listen(t, server, 'http')
  t.teardown(() => server.closeAllConnections())
  return { url, spans, requests, answer: (status: number) => { state.status = status } }
}

/** Of `ExportTraceServiceRequest` (opentelemetry-proto), by the numbers of its fields. */
function spansIn (message: Buffer): Span[] {
  return messages(message, 1).flatMap((ofResource) => {
    const resource = attributes(messages(ofResource, 1).flatMap((one) => messages(one, 1)))
    return messages(ofResource, 2).flatMap((scope) => messages(scope, 2)).map((span) => ({
      traceId: hex(span, 1),
      spanId: hex(span, 2),
      parentId: hex(span, 4),
      name: text(span, 5),
      kind: number(span, 6),
      attributes: attributes(messages(span, 9)),
      status: number(messages(span, 15)[0] ?? Buffer.alloc(0), 3),
      resource,
    }))
  })
}

function attributes (pairs: Buffer[]): Record<string, string | number> {
  return Object.fromEntries(pairs.map((pair) => {
    const value = messages(pair, 2)[0] ?? Buffer.alloc(0)
    return [text(pair, 1), messages(value, 1).length > 0 ? text(value, 1) : number(value, 3)]
  }))
}

const messages = (message: Buffer, field: number) => fieldsOf(message).flatMap(([number, value]) => number === field && typeof value !== 'number' ? [value] : [])
const text = (message: Buffer, field: number) => messages(message, field).join()
const hex = (message: Buffer, field: number) => messages(message, field).map((bytes) => bytes.toString('hex')).join()
const number = (message: Buffer, field: number) => Number(fieldsOf(message).find(([number]) => number === field)?.[1] ?? 0)

/** The fields of a protobuf message: numbers, and what has a length. */
function fieldsOf (message: Buffer): Array<[field: number, value: number | Buffer]> {
  const fields: Array<[number, number | Buffer]> = []
  const state = { at: 0 }
  function varint (): number {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = message[state.at++] ?? 0
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
  }
  function take (length: number): Buffer {
    state.at += length
    return message.subarray(state.at - length, state.at)
  }
  while (state.at < message.length) {
    const tag = varint()
    const [field, type] = [Math.floor(tag / 8), tag % 8]
    if (type === 0) fields.push([field, varint()])
    else if (type === 2) fields.push([field, take(varint())])
    else take(type === 1 ? 8 : 4)
  }
  return fields
}
