/**
 * The cookie that keeps a user signed in: a token, which no script of the page can read. Cookies know hosts and no
 * ports, so on `localhost` the broker is sent it too; elsewhere the product and its broker share a domain.
 */

export const COOKIE = 'larkspur_token'

/** Not `Secure`, since the sample speaks http, and to this machine alone. */
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax'

/** `Set-Cookie` for a token, for as long as it is good. */
export function tokenCookie (token: string, maxAgeSeconds: number) {
  return `${COOKIE}=${token}; Max-Age=${maxAgeSeconds}; ${ATTRIBUTES}`
}

/** `Set-Cookie` that takes the token away. */
export function noCookie () {
  return tokenCookie('', 0)
}

/** The token in a request's `Cookie`; empty where there is none. */
export function tokenIn (header = '') {
  return header.split('; ').find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? ''
}
