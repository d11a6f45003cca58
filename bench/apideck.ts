import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A stand-in for Apideck that mints a session after so many milliseconds. */
export async function startApideck (afterMs: number): Promise<{ port: number, close: () => void }> {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ consumer_id: 'acme', exp: 1_798_761_600 })}.c2lnbmF0dXJl`
  const body = JSON.stringify({ status_code: 200, status: 'OK', data: { session_uri: `https://vault.apideck.com/session/${token}`, session_token: token } })

  const server = createServer((request, response) => {
    request.resume().on('end', () => setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(body), afterMs))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
