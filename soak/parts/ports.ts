import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Below those that systems give out by themselves: nobody else gets one while what listens there is away. */
const LOWEST = 12_000
const COUNT = 8_000

let next = Math.floor(Math.random() * COUNT)

/** A port of loopback that is free. */
export async function freePort (): Promise<number> {
  const port = LOWEST + next++ % COUNT
  const probe = createServer()
  try {
    await listen(probe, port)
  } catch {
    return freePort()
  }
  await closed(probe)
  return port
}

export async function listen (server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}

/** Takes no more connections. Those that are open are for the caller to end. */
export async function closed (server: Server): Promise<void> {
  if (!server.listening) return
  server.close()
  await once(server, 'close')
}
