import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT, exportJWK, generateKeyPair, type JWTPayload } from 'jose'
import { VALUE } from './canaries.js'

export const AUDIENCE = 'fuzz'

/** What tokens say of whose they are, beside the consumer. */
export const CLAIMS = { org: 'Lane Industries', email: 'lane@lane.example' }

/** An issuer of tokens, over a real socket. */
export async function startIssuer () {
  const [own, foreign] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')])
  const jwk = { ...await exportJWK(own.publicKey), kid: 'key-1', alg: 'ES256', use: 'sig' }
  const server = createServer((request, response) => {
    const body = request.url === '/jwks' ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/jwks` }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const sign = (claims: JWTPayload, { key = own.privateKey, ...header }: { key?: typeof own.privateKey, kid?: string, typ?: string } = {}) =>
    new SignJWT({ iss: url, aud: AUDIENCE, exp: Math.floor(Date.now() / 1000) + 86_400, ...CLAIMS, ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'key-1', ...header }).sign(key)

  /** Tokens of a consumer's that do not count. */
  async function badTokens (consumer: string): Promise<string[]> {
    const good = await sign({ sub: consumer })
    const [head = '', payload = '', signature = ''] = good.split('.')
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')
    const symmetric = await new SignJWT({ iss: url, aud: AUDIENCE, sub: consumer, exp: 2 ** 33 }).setProtectedHeader({ alg: 'HS256', kid: 'key-1' }).sign(Buffer.from(String(jwk.x)))
    return [
      await sign({ sub: consumer, exp: 1_000_000_000 }), await sign({ sub: consumer, exp: null as unknown as number }), await sign({ sub: consumer, nbf: 2 ** 33 }), await sign({ sub: consumer, aud: 'another' }), await sign({ sub: consumer, iss: 'https://another.example' }),
      await sign({ sub: `${consumer} ` }), await sign({}), await sign({ sub: consumer }, { key: foreign.privateKey }), await sign({ sub: consumer }, { typ: 'logout+jwt' }),
      symmetric, `${unsigned}.${payload}.`, `${head}.${payload}.`, `${head}.${payload}`, `${head}.${payload}.${signature.slice(0, -3)}AAA`, `${head}.${payload}.${signature}.x`, `${head.slice(0, -2)}.${payload}.${signature}`,
      VALUE, 'x'.repeat(8_200), `${good}=, Bearer ${good}`, `${good}\xff`, '', '..', '....',
    ]
  }

  return { url, sign, badTokens, close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections() }) }
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>
