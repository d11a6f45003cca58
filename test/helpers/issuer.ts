import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWTPayload } from 'jose'
import type { Test } from 'tap'
import { listen } from './upstream.js'

export const AUDIENCE = 'vault-session-broker'

interface SigningKey { kid: string, alg: string, privateKey: CryptoKey, publicKey: CryptoKey }

async function makeKey (kid: string, alg: string): Promise<SigningKey> {
  return { kid, alg, ...await generateKeyPair(alg, { extractable: true }) }
}

/** An issuer whose answers and keys are the test's to choose. Closed with the test. */
export async function startIssuer (t: Test, alg = 'ES256') {
  let keys = [await makeKey('key-1', alg)]
  let respond: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  const requests: string[] = []

  const server = createServer((request, response) => {
    requests.push(String(request.url))
    if (respond !== undefined) {
      respond(request, response)
      return
    }
    if (request.url === '/.well-known/openid-configuration') send(response, { issuer: url, jwks_uri: `${url}/jwks` })
    else Promise.all(keys.map(publish)).then((keys) => send(response, { keys }), () => response.destroy())
  })
  const url = await listen(t, server)
  t.teardown(() => server.closeAllConnections())

  return {
    url,
    /** The paths that were asked for, in order. */
    requests,
    /** The variables of a broker that trusts this issuer alone. */
    variables: { IDENTITY: 'jwt', APIDECK_CONSUMER_ID: '', JWT_ISSUER: url, JWT_AUDIENCE: AUDIENCE },
    get keys () { return keys },
    /** Publishes another key in place of those before. */
    rotate: async (kid: string) => { keys = [await makeKey(kid, alg)] },
    /** Answers in this way from now on, or again in its own. */
    answer: (how: typeof respond) => { respond = how },
    /** A token of five minutes for `sub: acme`, but for what these claims say; `undefined` leaves one out. */
    sign: (claims: JWTPayload = {}, header: { alg?: string, kid?: string, typ?: string } = {}, key = keys[0] as SigningKey) => {
      const now = Math.floor(Date.now() / 1000)
      const payload = { iss: url, aud: AUDIENCE, sub: 'acme', iat: now, exp: now + 300, ...claims }
      return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey)
    },
  }
}

async function publish ({ kid, alg, publicKey }: SigningKey) {
  return { ...await exportJWK(publicKey), kid, alg, use: 'sig' }
}

function send (response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
