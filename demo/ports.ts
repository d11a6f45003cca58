import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** The preferred port, if nothing listens there on 127.0.0.1, else one that is free; 0 prefers none. */
export async function freePort (preferred: number): Promise<number> {
  const probe = createServer().listen(preferred, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return freePort(0)
  }
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
