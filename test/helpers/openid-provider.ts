import { createServer, type RequestListener } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import type { Test } from 'tap'
import { request } from 'undici'
import { AUDIENCE } from './issuer.js'
import { listen } from './upstream.js'

/** A real OpenID provider. Each client is a caller of ours; its tokens hold these claims. Closed with the test. */
export async function startOpenIdProvider (t: Test, callers: Readonly<Record<string, Record<string, unknown>>>) {
  let serve: RequestListener | undefined
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(String(request.url))
    if (serve === undefined) request.socket.destroy()
    else serve(request, response)
  })
  const url = await listen(t, server)
  t.teardown(() => server.closeAllConnections())

  /** Begins anew, with one key and another one. */
  async function rotate () {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const provider = new Provider(url, {
      jwks: { keys: [{ ...await exportJWK(privateKey), alg: 'ES256', use: 'sig' }] },
      clients: Object.keys(callers).map((id) => ({ client_id: id, client_secret: `${id}-secret`, grant_types: ['client_credentials'], id_token_signed_response_alg: 'ES256', redirect_uris: [], response_types: [] })),
      extraTokenClaims: (_ctx, { clientId }) => callers[String(clientId)],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => 'https://broker.example',
          getResourceServerInfo: () => ({ scope: '', audience: AUDIENCE, accessTokenFormat: 'jwt', accessTokenTTL: 300, jwt: { sign: { alg: 'ES256' } } }),
        },
      },
    })
    const handle = provider.callback()
    serve = (request, response) => { handle(request, response).catch(() => response.destroy()) }
  }

  await rotate()
  return {
    url,
    /** The paths that were asked for, in order. */
    requests,
    variables: { IDENTITY: 'jwt', APIDECK_CONSUMER_ID: '', JWT_ISSUER: url, JWT_AUDIENCE: AUDIENCE },
    rotate,
    /** Answers nobody from now on, until it rotates. */
    vanish: () => { serve = undefined },
    /** An access token for a caller. */
    token: async (caller: string) => {
      const { body } = await request(`${url}/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${btoa(`${caller}:${caller}-secret`)}` },
        body: 'grant_type=client_credentials',
      })
      return (await body.json() as { access_token: string }).access_token
    },
  }
}
