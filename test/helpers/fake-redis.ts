import { createServer, type Socket } from 'node:net'
import type { Test } from 'tap'
import { listen } from './upstream.js'

/** What a Redis does, where a good one would count. */
export interface Behaviour {
  /** As somebody connects. */
  connected?: (socket: Socket) => void
  /** For each command, with the answer that a good one would give, and how many commands came before it. */
  asked?: (socket: Socket, answer: string, before: number) => void
}

/**
 * A Redis that counts, until it is told to behave otherwise: for what no real one would do. It knows its commands by
 * their form alone. Closed with the test.
 */
export async function startFakeRedis (t: Test) {
  let behaviour: Behaviour = {}
  const counts = new Map<string, number>()
  const sockets = new Set<Socket>()
  const commands: string[][] = []
  const state = { connections: 0 }

  function answerTo ([name = '', , , key = '', windowMs = '', ticket = '']: string[]): string {
    if (!name.toUpperCase().startsWith('EVAL')) return '+OK\r\n'
    const used = (counts.get(key) ?? 0) + 1
    counts.set(key, used)
    return `*3\r\n:${used}\r\n:${windowMs}\r\n:${ticket}\r\n`
  }

  const server = createServer((socket) => {
    let [text, before] = ['', 0]
    state.connections++
    sockets.add(socket)
    socket.setNoDelay().on('close', () => sockets.delete(socket)).on('error', () => {}).setEncoding('latin1')
    behaviour.connected?.(socket)
    socket.on('data', (chunk) => {
      text += String(chunk)
      for (let command = take(); command !== undefined; command = take()) {
        commands.push(command)
        const answer = answerTo(command)
        if (behaviour.asked === undefined) socket.write(answer)
        else behaviour.asked(socket, answer, before++)
      }
    })

    function take (): string[] | undefined {
      const [header, count] = /^\*(\d+)\r\n/.exec(text) ?? []
      if (header === undefined) return undefined
      const args = []
      let at = header.length
      for (let i = 0; i < Number(count); i++) {
        const [size, bytes] = /^\$(\d+)\r\n/.exec(text.slice(at, at + 16)) ?? []
        if (size === undefined || text.length < at + size.length + Number(bytes) + 2) return undefined
        args.push(text.slice(at + size.length, at + size.length + Number(bytes)))
        at += size.length + Number(bytes) + 2
      }
      text = text.slice(at)
      return args
    }
  })
  const url = await listen(t, server, 'redis')
  t.teardown(() => sockets.forEach((socket) => socket.destroy()))

  return {
    url,
    commands,
    sockets,
    connections: () => state.connections,
    behave: (next: Behaviour) => { behaviour = next },
  }
}

export type FakeRedis = Awaited<ReturnType<typeof startFakeRedis>>
