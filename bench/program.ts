import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A port that nobody listens on now. */
export async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Starts a program of the system's, waits until it listens, and ends it with this process. */
export async function startProgram (name: string, args: string[], port: number) {
  const child = spawn(name, args, { env: { PATH: `${process.env['PATH']}:/usr/sbin` }, stdio: ['ignore', 'ignore', 'inherit'] })
  process.once('exit', () => child.kill())
  while (!await isListening(port)) {
    if (child.exitCode !== null) throw new Error(`${name} did not start`)
    await delay(20)
  }
  return {
    pid: child.pid,
    async stop (): Promise<void> {
      child.kill()
      await once(child, 'exit')
    },
  }
}

function isListening (port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false))).finally(() => socket.destroy())
}
