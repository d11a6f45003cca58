import type { Problem, VaultSession } from './api.js'
import { ownError, VaultSessionError } from './error.js'

/** What a body may be before it was looked at. */
type Body = Partial<VaultSession & Problem> | null | undefined

/**
 * The session in the broker's answer.
 *
 * @throws VaultSessionError the broker's code, or `unexpected_answer`
 */
export function readAnswer ({ status, headers }: Response, text: string): VaultSession {
  const body = parse(text)
  if (status === 200 && isVaultSession(body)) return body

  const retryAfter = headers.get('retry-after') ?? ''
  const facts = {
    status,
    // The other form, a date, is not the broker's.
    retryAfter: /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined,
    requestId: headers.get('x-request-id') ?? undefined,
  }
  if (status >= 400 && isProblem(body)) throw new VaultSessionError(body.code, body.detail, { ...facts, errors: body.errors })
  throw ownError('unexpected_answer', facts)
}

function parse (text: string): Body {
  try {
    return JSON.parse(text) as Body
  } catch {
    return undefined
  }
}

/** Whether it can be opened, and by navigation to nothing but https. */
function isVaultSession (body: Body): body is VaultSession {
  return isText(body?.session_token) && isText(body.session_uri) && isHttps(body.session_uri)
}

function isProblem (body: Body): body is Problem {
  return isText(body?.code) && isText(body.detail) && Array.isArray(body.errors ?? [])
}

function isText (value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isHttps (url: string): boolean {
  try {
    return new URL(url).protocol === 'https:'
  } catch {
    return false
  }
}
