import type { JSONWebKeySet } from 'jose'
import { Agent, request } from 'undici'
import { isSecure, parseUrl } from '../schemas/urls.js'

/** Who the issuer is, and where its keys are, where that is not for its discovery document to say. */
export interface IssuerOptions {
  issuer: string
  jwksUri?: string | undefined
}

/** Limits of one answer. Milliseconds, bytes, and keys of a set. */
const LIMITS = { connectMs: 2_000, headerBytes: 16_384, bodyBytes: 262_144, keys: 100 }

/** An issuer answered with something that its keys cannot be told from. The message is a name for the log. */
class UnusableAnswer extends Error {}

/** Reads what an issuer publishes, within bounds: TLS is verified whatever the environment says, no redirect followed. */
export function createIssuer ({ issuer, jwksUri }: IssuerOptions) {
  const dispatcher = new Agent({
    maxHeaderSize: LIMITS.headerBytes,
    maxResponseSize: LIMITS.bodyBytes,
    connect: { timeout: LIMITS.connectMs, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
  })

  async function fetchJson (url: string, signal: AbortSignal): Promise<Record<string, unknown>> {
    const { statusCode, body } = await request(url, { dispatcher, signal, headers: { accept: 'application/json' } })
    const text = await body.text()
    if (statusCode !== 200) throw new UnusableAnswer(`status_${statusCode}`)
    return parseObject(text)
  }

  /** Where the keys are, as the issuer's metadata has it (OpenID Connect Discovery 1.0, section 4). */
  async function discover (signal: AbortSignal): Promise<string> {
    return keysUriIn(await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, signal), issuer)
  }

  return {
    /** @throws whatever went wrong; `failureName` names it */
    async fetchKeys (signal: AbortSignal): Promise<JSONWebKeySet> {
      const set = await fetchJson(jwksUri ?? await discover(signal), signal)
      if (!isKeySet(set)) throw new UnusableAnswer('not_a_key_set')
      return set
    },
    close: () => dispatcher.destroy(),
  }
}

/**
 * Where an issuer's metadata says that its keys are: https, or http to loopback if the issuer is there itself.
 *
 * @throws what `failureName` names
 */
export function keysUriIn ({ issuer: name, jwks_uri: uri }: Record<string, unknown>, issuer: string): string {
  if (name !== issuer) throw new UnusableAnswer('metadata_of_another_issuer')
  const url = typeof uri === 'string' ? parseUrl(uri) : undefined
  const isAllowed = url !== undefined && isSecure(url) && (url.protocol === 'https:' || issuer.startsWith('http:'))
  if (!isAllowed) throw new UnusableAnswer('jwks_uri')
  return url.href
}

/** A short name of what went wrong with an issuer, without its address and its words. */
export function failureName (error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error instanceof UnusableAnswer) return error.message
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

function parseObject (text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {}
  throw new UnusableAnswer('not_json')
}

/** Keys, and at least one: an issuer without any would make every token look forged. */
function isKeySet (set: Record<string, unknown>): set is JSONWebKeySet & Record<string, unknown> {
  const { keys } = set
  return Array.isArray(keys) && keys.length > 0 && keys.length <= LIMITS.keys &&
    keys.every((key: unknown) => typeof key === 'object' && key !== null && 'kty' in key && typeof key.kty === 'string')
}
