/**
 * Ways to break the broker, to show that the soak notices each. Loaded into its process where `--break` asks for it; a
 * list of names everywhere else.
 */
import { ServerResponse } from 'node:http'
import { createServer } from 'node:net'

export const breakages = ['heap', 'sockets', 'lost', 'late', 'wrong', 'stray', 'canaries', 'lines', 'output'] as const

export type Breakage = typeof breakages[number]

/** Once in so many answers, among so many of the first. */
const SELDOM = 50
const FIRST = 500

/** More than a busy machine excuses. */
const LATE_MS = 12_000

const chosen = new Set(process.env['SOAK_BREAK']?.split(',').filter((name) => name !== ''))
if (chosen.size > 0) {
  const kept: unknown[] = []
  let answers = 0
  const { end, writeHead } = ServerResponse.prototype
  const write = process.stdout.write.bind(process.stdout)
  const isTime = (breakage: Breakage) => chosen.has(breakage) && answers < FIRST && answers % SELDOM === breakages.indexOf(breakage)

  /** What goes wrong beside an answer that goes out. */
  const spoil = (response: ServerResponse): void => {
    const { req } = response
    if (chosen.has('heap')) kept.push(new Array(2_500).fill(0))
    if (isTime('sockets')) kept.push(createServer().listen(0, '127.0.0.1').unref())
    if (isTime('canaries')) write(`${JSON.stringify({ level: 'info', msg: `Bearer ${req.headers.authorization}` })}\n`)
    // The line is written, and the event told of, as the answer closes.
    if (isTime('lines')) response.removeAllListeners('close')
    if (isTime('output')) console.error('Warning: something is odd')
  }

  ServerResponse.prototype.writeHead = function (this: ServerResponse, ...[status, ...rest]: [number, ...unknown[]]) {
    const headers = rest.at(-1)
    if (isTime('stray') && typeof headers === 'object' && headers !== null) Object.assign(headers, { 'x-request-id': 's-1' })
    return Reflect.apply(writeHead, this, [isTime('wrong') ? 500 : status, ...rest]) as ServerResponse
  } as typeof writeHead

  ServerResponse.prototype.end = function (this: ServerResponse, ...args: unknown[]) {
    spoil(this)
    const [isLost, isLate] = [isTime('lost'), isTime('late')]
    answers++
    const answer = () => Reflect.apply(end, this, args) as ServerResponse
    if (isLost) this.socket?.destroy()
    else if (isLate) setTimeout(answer, LATE_MS)
    else answer()
    return this
  } as typeof end
}
