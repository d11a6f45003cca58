import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'

/** A port of loopback that is free now. */
export async function freePort (): Promise<number> {
  const server = createServer()
  const port = await listen(server, 0)
  await closed(server)
  return port
}

/** Listens on loopback and resolves to the port. */
export async function listen (server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Takes no more connections. Those that are open are for the caller to end. */
export async function closed (server: Server): Promise<void> {
  if (!server.listening) return
  server.close()
  await once(server, 'close')
}
