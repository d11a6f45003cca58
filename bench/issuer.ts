import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey } from 'jose'

/** An OpenID provider as far as the broker knows it, with a token for each client. */
export interface Issuer {
  url: string
  /** The public one. */
  key: CryptoKey
  tokenOf: (client: number) => string
  close: () => void
}

/** Of ES256 keys. */
export async function startIssuer (clients: number): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const keys = [{ ...await exportJWK(publicKey), kid: 'a', alg: 'ES256', use: 'sig' }]
  const server = createServer((request, response) => {
    const body = request.url === '/jwks' ? { keys } : { issuer: url, jwks_uri: `${url}/jwks` }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const tokens = await Promise.all(Array.from({ length: clients }, (_, i) =>
    new SignJWT({ sub: `consumer-${i}` }).setProtectedHeader({ alg: 'ES256', kid: 'a' }).setIssuer(url).setAudience('broker').setExpirationTime('4h').sign(privateKey)))
  return { url, key: publicKey, tokenOf: (client) => tokens[client % clients] ?? '', close: () => server.close() }
}
