import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { CANARY } from '../canaries.js'
import { closed, freePort, listen } from './ports.js'

const PASSWORD = `${CANARY}-redis`

/** A real Redis that can be killed, frozen, started again and stood in for. */
export interface Redis {
  url: string
  start (): Promise<void>
  kill (): Promise<void>
  /** Kills it without waiting for its end. */
  abandon (): void
  freeze (): void
  thaw (): void
  /** Something else listens in its place and answers this to whatever it is told. Resolves to what ends it. */
  replace (answer: string): Promise<() => Promise<void>>
}

export async function startRedis (): Promise<Redis> {
  const port = await freePort()
  let child: ChildProcess | undefined

  const redis: Redis = {
    url: `redis://:${PASSWORD}@127.0.0.1:${port}`,
    async start () {
      const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--requirepass', PASSWORD], { stdio: ['ignore', 'pipe', 'ignore'] })
      child = server
      await once(server, 'spawn')
      for await (const line of createInterface(server.stdout)) {
        if (line.includes('Ready to accept connections')) break
      }
      server.stdout.resume()
    },
    async kill () {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    abandon: () => { child?.kill('SIGKILL') },
    freeze: () => { child?.kill('SIGSTOP') },
    thaw: () => { child?.kill('SIGCONT') },
    async replace (answer) {
      const sockets = new Set<Socket>()
      const server = createServer((socket) => {
        sockets.add(socket)
        socket.on('error', () => {}).on('data', () => socket.write(answer)).on('close', () => sockets.delete(socket))
      })
      await listen(server, port)
      return async () => {
        const done = closed(server)
        for (const socket of sockets) socket.destroy()
        await done
      }
    },
  }
  await redis.start()
  return redis
}
