import { hold } from './case.js'

/** An answer, as strictly as RFC 9112 has it. */
export interface Answer {
  status: number
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>
  body: string
  /** Whether it says that the connection closes behind it. */
  closes: boolean
}

const STATUS_LINE = /^HTTP\/1\.1 ([2-5]\d\d) [ -~]+$/
const HEADER = /^([A-Za-z0-9-]+): ([!-~](?:[ -~]*[!-~])?)$/

/** What Node answers to `Expect: 100-continue`, ahead of the answer. */
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/**
 * The first answer in what has arrived (in Latin-1), and where it ends; `undefined` where it has not arrived in full.
 *
 * @throws Fault where it is not well-formed
 */
export function readAnswer (bytes: string, isHead: boolean): { answer: Answer, end: number } | undefined {
  const start = bytes.startsWith(CONTINUE) ? CONTINUE.length : 0
  const headEnd = bytes.indexOf('\r\n\r\n', start)
  if (headEnd === -1) {
    hold(bytes.length < 65_536 * 2, 'the head of an answer ends')
    return undefined
  }
  const [statusLine = '', ...lines] = bytes.slice(start, headEnd).split('\r\n')
  const status = Number(STATUS_LINE.exec(statusLine)?.[1])
  hold(status >= 200, `a status line is well-formed: ${JSON.stringify(statusLine)}`)
  const headers = readHeaders(lines)

  hold(!headers.has('transfer-encoding'), 'an answer is not chunked')
  const length = headers.get('content-length')
  hold(length !== undefined ? /^(?:0|[1-9]\d*)$/.test(length) : status === 204, 'an answer says how long it is')
  const bodyStart = headEnd + 4
  const end = bodyStart + (isHead || status === 204 ? 0 : Number(length))
  if (bytes.length < end) return undefined
  const body = Buffer.from(bytes.slice(bodyStart, end), 'latin1').toString('utf8')
  return { answer: { status, headers, body, closes: headers.get('connection') === 'close' }, end }
}

function readHeaders (lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? []
    hold(name !== '', `a header line is well-formed: ${JSON.stringify(line)}`)
    hold(!headers.has(name.toLowerCase()), `no header comes twice: ${name}`)
    headers.set(name.toLowerCase(), value)
  }
  return headers
}
