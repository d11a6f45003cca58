/** Apideck's two servers, as far as the broker and its users see them: the API and the hosted vault. */
import { type ReceivedRequest, createApi } from './api.js'
import { createCertificate } from './certificate.js'
import { type Clock, createTokens } from './tokens.js'
import { createVault } from './vault.js'

export interface ApideckOptions {
  apiKey: string
  appId: string
  /** Where to listen, on 127.0.0.1; 0, the default, takes a free port. */
  apiPort?: number
  vaultPort?: number
  /** The origin of the session URIs; by default that of this vault, `https://localhost:<port>`. */
  vaultOrigin?: string
  /** SVG images for themes and consumers, served by the vault at `/uploads/<name>`. */
  uploads?: ReadonlyMap<string, string>
  now?: Clock
}

export interface Apideck {
  apiOrigin: string
  vaultOrigin: string
  /** The certificate of the vault, for clients that are to trust it. */
  certificate: string
  /** What the API has received, oldest first. */
  requests: ReceivedRequest[]
  close: () => Promise<void>
}

/** Starts both servers. Answers that are still due when they are closed are never given. */
export async function startApideck (options: ApideckOptions): Promise<Apideck> {
  const { apiKey, appId, apiPort = 0, vaultPort = 0, uploads = new Map<string, string>(), now = () => new Date() } = options
  const tokens = createTokens(now)
  const tls = await createCertificate()
  const host = '127.0.0.1'

  const vault = createVault({ tokens, now, tls, uploads })
  const vaultAddress = await vault.listen({ host, port: vaultPort })
  const vaultOrigin = options.vaultOrigin ?? vaultAddress.replace(host, 'localhost')

  const requests: ReceivedRequest[] = []
  const api = createApi({ apiKey, appId, tokens, requests, vaultOrigin })
  const apiOrigin = await api.listen({ host, port: apiPort })

  return {
    apiOrigin,
    vaultOrigin,
    certificate: tls.cert,
    requests,
    close: async () => { await Promise.all([api.close(), vault.close()]) },
  }
}
