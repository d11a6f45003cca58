import { Ajv } from 'ajv'
import type { MintedSession } from '../schemas/minted-session.js'
import { UpstreamSessionSchema, type UpstreamSession } from '../schemas/upstream.js'
import { hasUserinfo, isPrintableAscii, parseUrl } from '../schemas/urls.js'

/** The longest `session_uri` that is passed on: 16 KiB of body in base64 and the claims around it fit. */
const MAX_LENGTH = 32_768

const isUpstreamSession = new Ajv({ meta: false, validateSchema: false }).compile<UpstreamSession>(UpstreamSessionSchema)

/** The session in an answer of Apideck's, or `undefined` where it holds none that may be passed on. */
export function readMintedSession (answer: unknown, vaultHosts: readonly string[]): MintedSession | undefined {
  if (!isUpstreamSession(answer)) return undefined
  const { session_uri: uri, session_token: token } = answer.data
  if (!isVaultUri(uri, vaultHosts) || !isToken(token)) return undefined
  const expiresAt = expiryOf(token)
  return { session_uri: uri, session_token: token, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) }
}

/** It becomes a `Location`, so it must be https at an allowed host, and canonical: read alike by every parser. */
function isVaultUri (text: string, hosts: readonly string[]): boolean {
  if (text.length > MAX_LENGTH || !isPrintableAscii(text)) return false
  const url = parseUrl(text)
  return url !== undefined && url.href === text && url.protocol === 'https:' && !hasUserinfo(url) && hosts.includes(url.host)
}

function isToken (text: string): boolean {
  return text.length <= MAX_LENGTH && isPrintableAscii(text)
}

/** When a token expires, in ISO 8601, where it says so in a way that we can read. The signature is Apideck's to check. */
function expiryOf (token: string): string | undefined {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.', 2)[1] ?? '', 'base64url').toString()) as { exp?: unknown }
    return typeof exp === 'number' ? new Date(exp * 1000).toISOString() : undefined
  } catch {
    return undefined
  }
}
