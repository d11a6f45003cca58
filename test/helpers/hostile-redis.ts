import type { Socket } from 'node:net'
import type { Behaviour } from './fake-redis.js'

/** What a Redis can do that none should, and the failure that the log names: one of those, where it is a race. */
export interface HostileWay extends Behaviour {
  way: string
  failure: string[]
}

/** What no log line and no answer may hold of Redis's words. */
export const REDIS_CANARY = 'canary-of-redis'

/** How a connection that the other end has left is noticed, whichever is first. */
export const HUNG_UP = ['closed', 'ECONNRESET', 'EPIPE']
const DEEP = 1_000_000
const MEGABYTE = 1_048_576

const says = (way: string, text: string | Buffer, failure: string): HostileWay =>
  ({ way, failure: [failure], asked: (socket) => { socket.write(text) } })

const greets = (way: string, text: string, ...failure: string[]): HostileWay =>
  ({ way, failure, connected: (socket) => { socket.write(text) }, asked: () => {} })

/** Writes for as long as it is read. */
function flood (socket: Socket, text: string): void {
  const more = () => {
    while (socket.writable && socket.write(text));
  }
  socket.on('drain', more)
  more()
}

function drip (socket: Socket, text: string): void {
  let at = 0
  const timer = setInterval(() => socket.write(text.charAt(at++ % text.length)), 50)
  socket.once('close', () => clearInterval(timer))
}

export const hostileWays: HostileWay[] = [
  // Something else than a Redis
  says('answers as HTTP does', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n', 'not_redis'),
  says('answers with a TLS alert', Buffer.from([0x15, 3, 1, 0, 2, 2, 0x28]), 'not_redis'),
  says('answers with bytes of no meaning', Buffer.from([0xfe, 0xed, 0xfa, 0xce, 0, 0x0a, 0x0d, 0x2a]), 'not_redis'),
  says('ends its lines as Unix does', '*3\n:1\n:60000\n:1\n', 'not_counts'),
  says('answers with a megabyte of nothing', Buffer.alloc(MEGABYTE), 'not_redis'),
  greets('greets as a mail server does', '220 mail ESMTP\r\n', 'not_redis'),

  // What nobody asked for
  greets('answers before it is asked', '+OK\r\n', 'not_asked'),
  greets('says no before it is asked', '-ERR max number of clients reached\r\n', 'not_asked', 'ERR'),
  greets('answers with null before it is asked', '$-1\r\n', 'not_counts'),
  greets('pushes before it is asked', '>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n', 'not_counts'),
  { way: 'floods whoever connects', failure: ['not_asked'], connected: (socket) => flood(socket, '+OK\r\n'.repeat(10_000)) },
  { way: 'answers twice', failure: ['not_asked'], asked: (socket, answer) => { socket.write(answer + answer) } },
  { way: 'answers ten thousand times', failure: ['not_asked'], asked: (socket, answer) => { socket.write(answer.repeat(10_000)) } },
  { way: 'pushes before its answer', failure: ['not_counts'], asked: (socket, answer) => { socket.write(`>2\r\n+invalidate\r\n*1\r\n+a\r\n${answer}`) } },

  // What is no answer to what was asked
  says('answers with null', '$-1\r\n', 'not_counts'),
  says('answers with a null array', '*-1\r\n', 'not_counts'),
  says('answers with the null of RESP 3', '_\r\n', 'not_counts'),
  says('answers with a push', '>2\r\n+message\r\n+a\r\n', 'not_counts'),
  says('pushes nothing', '>0\r\n', 'not_counts'),
  says('answers with a map', '%1\r\n+__proto__\r\n+a\r\n', 'not_counts'),
  says('answers with text', '+OK\r\n', 'not_counts'),
  says('answers with a string', '$1\r\n1\r\n', 'not_counts'),
  says('answers with one number', ':1\r\n', 'not_counts'),
  says('answers with no number', '*0\r\n', 'not_counts'),
  says('answers with too few numbers', '*2\r\n:1\r\n:60000\r\n', 'not_counts'),
  says('answers with too many numbers', '*4\r\n:1\r\n:60000\r\n:1\r\n:1\r\n', 'not_counts'),
  says('answers with strings of digits', '*3\r\n$1\r\n1\r\n$5\r\n60000\r\n$1\r\n1\r\n', 'not_counts'),
  says('answers with an array in an array', '*3\r\n*1\r\n:1\r\n:60000\r\n:1\r\n', 'not_counts'),
  says('answers with an error in an array', '*3\r\n-ERR a\r\n:60000\r\n:1\r\n', 'not_counts'),
  says('answers with numbers below zero', '*3\r\n:-1\r\n:-1\r\n:-1\r\n', 'not_counts'),
  says('answers with numbers beyond all', '*3\r\n:99999999999999999999\r\n:1\r\n:1\r\n', 'not_counts'),
  says('answers with what is no number', '*3\r\n:NaN\r\n:inf\r\n:1\r\n', 'not_counts'),
  says('answers with fractions', '*3\r\n:1.5\r\n:1\r\n:1\r\n', 'not_counts'),
  says('answers with empty numbers', '*3\r\n:\r\n:\r\n:\r\n', 'not_counts'),
  says('answers with numbers that never end', `*3\r\n:${'1'.repeat(MEGABYTE)}`, 'not_counts'),
  { way: 'has counted nothing', failure: ['not_counts'], asked: (socket, answer) => { socket.write(answer.replace(/^(\*\d\r\n):\d+/, '$1:0')) } },
  { way: 'has a window without end', failure: ['not_counts'], asked: (socket, answer) => { socket.write(answer.replace(/^(\*\d\r\n:\d+\r\n):\d+/, '$1:999999999999')) } },
  { way: "gives another's answer", failure: ['not_counts'], asked: (socket, answer) => { socket.write(answer.replace(/:\d+\r\n$/, ':999999\r\n')) } },

  // Too much
  says('promises a terabyte', '$999999999999\r\na', 'not_counts'),
  says('promises an array without end', '*999999999999\r\n:1\r\n', 'not_counts'),
  says('answers with a string of negative length', '$-5\r\nabc', 'not_counts'),
  says('answers with ten megabytes', `$${10 * MEGABYTE}\r\n${'a'.repeat(10 * MEGABYTE)}\r\n`, 'not_counts'),
  { way: 'answers with a gigabyte', failure: ['not_counts'], asked: (socket) => { socket.write('$1073741824\r\n') && flood(socket, 'a'.repeat(65_536)) } },
  says('answers with a million arrays in one another', '*1\r\n'.repeat(DEEP), 'not_counts'),
  says('answers with a million numbers', `*${DEEP}\r\n${':1\r\n'.repeat(DEEP)}`, 'not_counts'),
  { way: 'answers with an error that never ends', failure: ['not_redis'], asked: (socket) => { socket.write('-ERR ') && flood(socket, 'a'.repeat(65_536)) } },

  // Errors
  says('has an error with a secret in its words', `-ERR unknown command 'AUTH', with args beginning with: '${REDIS_CANARY}'\r\n`, 'ERR'),
  says('has an error with a secret for a name', `-${REDIS_CANARY.toUpperCase()} ${REDIS_CANARY}\r\n`, 'failed'),
  says('has an error that says nothing', '-\r\n', 'failed'),
  says('has an error of RESP 3', '!9\r\nERR words\r\n', 'not_counts'),

  // Too late, or not at all
  { way: 'says nothing', failure: ['timeout'], asked: () => {} },
  says('stops in the middle of an answer', '*3\r\n:1\r\n', 'timeout'),
  { way: 'answers a byte at a time', failure: ['timeout'], asked: (socket, answer) => drip(socket, answer) },
  { way: 'answers too late', failure: ['timeout'], asked: (socket, answer) => { setTimeout(() => socket.write(answer), 400) } },
  { way: 'answers in the wrong order', failure: ['timeout', 'not_counts'], asked: swapped() },

  // Gone
  { way: 'hangs up on whoever connects', failure: HUNG_UP, connected: (socket) => { socket.end() }, asked: () => {} },
  { way: 'resets whoever connects', failure: HUNG_UP, connected: (socket) => { socket.resetAndDestroy() } },
  { way: 'hangs up when asked', failure: HUNG_UP, asked: (socket) => { socket.end() } },
  { way: 'hangs up in the middle of an answer', failure: HUNG_UP, asked: (socket) => { socket.end('*3\r\n:1\r\n') } },
  { way: 'resets in the middle of an answer', failure: HUNG_UP, asked: (socket) => { socket.write('*3\r\n:1\r\n', () => socket.resetAndDestroy()) } },
]

/** Keeps each answer until the next is asked for, and gives that first. */
function swapped (): NonNullable<Behaviour['asked']> {
  const kept = new WeakMap<Socket, string>()
  return (socket, answer) => {
    const former = kept.get(socket)
    if (former === undefined) kept.set(socket, answer)
    else socket.write(answer + former)
  }
}
