/**
 * Ways to break the broker, to show that the soak notices each. Loaded into its process where `--break` asks for it; a
 * list of names everywhere else.
 */
import { ServerResponse, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'

export const breakages = ['heap', 'sockets', 'lost', 'late', 'wrong', 'stray', 'canaries', 'lines', 'output'] as const

export type Breakage = typeof breakages[number]

/** Once in so many answers. */
const SELDOM = 200

const chosen = new Set(process.env['SOAK_BREAK']?.split(','))
if (chosen.size > 0) {
  const kept: unknown[] = []
  let answers = 0
  const { end } = ServerResponse.prototype
  const write = process.stdout.write.bind(process.stdout)

  const ways: Record<Breakage, (response: ServerResponse<IncomingMessage>) => boolean | void> = {
    heap: () => { kept.push(new Array(2_500).fill(0)) },
    sockets: ({ req }) => { if (answers % SELDOM === 1) kept.push(connect(Number(req.socket.localPort), '127.0.0.1').on('error', () => {})) },
    lost: ({ socket }) => {
      if (answers % SELDOM !== 2) return false
      socket?.destroy()
      return true
    },
    late: () => {},
    wrong: (response) => { if (answers % SELDOM === 3 && !response.headersSent) response.statusCode = 500 },
    stray: (response) => { if (answers % SELDOM === 4 && !response.headersSent) response.setHeader('x-request-id', 's-1') },
    canaries: ({ req }) => { if (answers % SELDOM === 5) write(`${JSON.stringify({ level: 'info', msg: req.headers.authorization })}\n`) },
    lines: () => {},
    output: () => { if (answers % SELDOM === 6) console.error('Warning: something is odd') },
  }

  ServerResponse.prototype.end = function (this: ServerResponse, ...args: unknown[]) {
    answers++
    let isLost = false
    for (const breakage of breakages) if (chosen.has(breakage) && ways[breakage](this) === true) isLost = true
    if (isLost) return this
    const answer = () => Reflect.apply(end, this, args) as ServerResponse
    if (!chosen.has('late') || answers % SELDOM !== 7) return answer()
    setTimeout(answer, 6_000)
    return this
  } as typeof end

  if (chosen.has('lines')) {
    process.stdout.write = ((text: string | Uint8Array) => String(text).includes('"s-1') ? true : write(text)) as typeof process.stdout.write
  }
}
