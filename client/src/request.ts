import { readAnswer } from './answer.js'
import type { VaultSession } from './api.js'
import { ownError } from './error.js'
import type { VaultSessionOptions } from './options.js'

/** Asks the broker for a session, until the signal is aborted: then its reason is thrown. */
export async function requestSession (options: VaultSessionOptions, signal: AbortSignal): Promise<VaultSession> {
  const token = await tokenOf(options)
  const request = requestOf(options, token, signal)
  let response, text
  try {
    response = await fetch(request)
    text = await response.text()
  } catch (cause) {
    signal.throwIfAborted()
    throw ownError('unreachable', { cause })
  }
  return readAnswer(response, text)
}

async function tokenOf ({ token }: VaultSessionOptions): Promise<string | undefined> {
  try {
    return typeof token === 'function' ? await token() : token
  } catch (cause) {
    throw ownError('token_unavailable', { cause })
  }
}

function requestOf ({ url = '/vault-session', session = {}, consumerId, credentials }: VaultSessionOptions, token: string | undefined, signal: AbortSignal): Request {
  try {
    // Never relative to a <base>, which may be another origin: the token would go there.
    return new Request(new URL(url, location.href), {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(consumerId === undefined ? {} : { 'x-apideck-consumer-id': consumerId }),
      },
      body: JSON.stringify(session),
      credentials: credentials ?? 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal,
    })
  } catch {
    // Without its cause, which in some browsers names the header's value.
    throw ownError('invalid_options')
  }
}
