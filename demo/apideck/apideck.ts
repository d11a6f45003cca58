/** Apideck's servers, as far as the broker and its users see them: the API, the hosted vault and Vault JS's frame. */
import { type ReceivedRequest, createApi } from './api.js'
import { createCertificate } from './certificate.js'
import { createModal } from './modal.js'
import { type Clock, createTokens } from './tokens.js'
import { createVault } from './vault.js'

export interface ApideckOptions {
  apiKey: string
  appId: string
  /** Where to listen, on 127.0.0.1; 0, the default, takes a free port. */
  apiPort?: number
  vaultPort?: number
  framePort?: number
  /** The origin of the session URIs; by default that of this vault, `https://localhost:<port>`. */
  vaultOrigin?: string
  /** SVG images for themes and consumers, served by the vault at `/uploads/<name>`. */
  uploads?: ReadonlyMap<string, string>
  now?: Clock
}

export interface Apideck {
  apiOrigin: string
  vaultOrigin: string
  /** Of the frame that Vault JS opens. */
  frameOrigin: string
  /** The certificate of the vault, for clients that are to trust it. */
  certificate: string
  /** What the API has received, oldest first. */
  requests: ReceivedRequest[]
  close: () => Promise<void>
}

/** Starts them all. Answers that are still due when they are closed are never given. */
export async function startApideck (options: ApideckOptions): Promise<Apideck> {
  const { apiKey, appId, apiPort = 0, vaultPort = 0, framePort = 0, uploads = new Map<string, string>(), now = () => new Date() } = options
  const tokens = createTokens(now)
  const tls = await createCertificate()
  const host = '127.0.0.1'

  const vault = createVault({ tokens, now, tls, uploads })
  const vaultAddress = await vault.listen({ host, port: vaultPort })
  const vaultOrigin = options.vaultOrigin ?? vaultAddress.replace(host, 'localhost')

  const modal = createModal({ tokens })
  const frameOrigin = (await modal.listen({ host, port: framePort })).replace(host, 'localhost')

  const requests: ReceivedRequest[] = []
  const api = createApi({ apiKey, appId, tokens, requests, vaultOrigin })
  const apiOrigin = await api.listen({ host, port: apiPort })

  return {
    apiOrigin,
    vaultOrigin,
    frameOrigin,
    certificate: tls.cert,
    requests,
    close: async () => { await Promise.all([api.close(), vault.close(), modal.close()]) },
  }
}
