/** An answer as it came over the wire. */
export interface Answer {
  status: number
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>
  body: string
}

/** The first whole answer in what was received, and what comes behind it; `undefined` where it is not whole yet. */
export function readAnswer (received: string): { answer: Answer, rest: string } | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [statusLine = '', ...lines] = received.slice(0, end).split('\r\n')
  const headers = new Map(lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  }))
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1])
  const length = status === 204 ? 0 : Number(headers.get('content-length') ?? NaN)
  if (Number.isNaN(status) || Number.isNaN(length)) throw new TypeError(`not an answer: ${received.slice(0, 100)}`)
  const whole = end + 4 + length
  if (received.length < whole) return undefined
  return { answer: { status, headers, body: received.slice(end + 4, whole) }, rest: received.slice(whole) }
}
