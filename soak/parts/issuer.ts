import { createServer, type ServerResponse } from 'node:http'
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose'
import { CANARY } from '../canaries.js'
import { closed, freePort, listen } from './ports.js'

export const AUDIENCE = 'soak'

/** The claim with the consumers whose vaults a token opens. */
export const CONSUMER_CLAIM = 'consumers'

const ALGORITHM = 'ES256'
const LIFETIME_SECONDS = 12 * 3_600

/** An issuer whose keys change, and which can fail. */
export interface Issuer {
  url: string
  /** When its keys were last asked for, on the clock of `performance`. */
  readonly askedAt: number
  /** Answers in place of its own, where it fails. */
  respond: ((response: ServerResponse) => void) | undefined
  /** Publishes another key beside the last one and signs with it from now on. */
  rotate (): Promise<void>
  sign (consumer: string, seconds?: number): Promise<string>
  close (): Promise<void>
  listen (): Promise<void>
}

export async function startIssuer (): Promise<Issuer> {
  let published: JWK[] = []
  let current: { kid: string, privateKey: CryptoKey } | undefined
  let askedAt = -Infinity

  const server = createServer((request, response) => {
    askedAt = performance.now()
    const isDiscovery = request.url === '/.well-known/openid-configuration'
    // None that is kept is counted among the broker's sockets.
    response.setHeader('connection', 'close')
    if (issuer.respond !== undefined) issuer.respond(response)
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(isDiscovery ? { issuer: url, jwks_uri: `${url}/jwks` } : { keys: published }))
  })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`

  const issuer: Issuer = {
    url,
    get askedAt () { return askedAt },
    respond: undefined,
    async rotate () {
      const { privateKey, publicKey } = await generateKeyPair(ALGORITHM)
      const jwk = await exportJWK(publicKey)
      const kid = await calculateJwkThumbprint(jwk)
      published = [{ ...jwk, kid, alg: ALGORITHM, use: 'sig' }, ...published].slice(0, 2)
      current = { kid, privateKey }
    },
    async sign (consumer, seconds = LIFETIME_SECONDS) {
      if (current === undefined) throw new Error('the issuer has no key yet')
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({ name: `${CANARY}-body name`, email: `${CANARY}-body@soak.example`, [CONSUMER_CLAIM]: [consumer] })
        .setProtectedHeader({ alg: ALGORITHM, kid: current.kid, typ: 'JWT' })
        .setIssuer(url).setAudience(AUDIENCE).setSubject(`user-of-${consumer}`)
        .setIssuedAt(now).setExpirationTime(now + seconds)
        .sign(current.privateKey)
    },
    async close () {
      const done = closed(server)
      server.closeAllConnections()
      await done
    },
    listen: async () => { if (!server.listening) await listen(server, port) },
  }
  await issuer.rotate()
  await issuer.listen()
  return issuer
}
