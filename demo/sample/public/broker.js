/* global fetch, AbortSignal, URL, URLSearchParams */

/** Longer than the broker's own budget for the vault, so that its answer is seen, not our impatience. */
const TIMEOUT_MS = 15_000

/** An answer that is no success: the problem that it tells of, and when to come back. */
export class Refused extends Error {
  constructor (problem, retryAfter) {
    super(problem.detail)
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

/** The vault's address. Throws a `Refused`, or what `fetch` throws. */
export async function requestSession ({ endpoint, session, company, consumer }) {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  // Asked for anew each time and forgotten at once, so that there is nothing in the page to be stolen.
  const { access_token: token } = await post('/token', { body: new URLSearchParams({ company }), signal })
  const answer = await post(endpoint, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'x-apideck-consumer-id': consumer },
    body: session,
    signal,
  })
  const address = new URL(answer.session_uri)
  if (address.protocol !== 'https:') throw new TypeError('the vault is not https')
  return address.href
}

async function post (url, options) {
  const response = await fetch(url, { method: 'POST', ...options })
  const answer = await response.json()
  if (!response.ok) throw new Refused(answer, Number(response.headers.get('retry-after')))
  return answer
}
