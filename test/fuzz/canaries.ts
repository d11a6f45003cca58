/** What must not come out again, and where. */

/** In whatever stands for a secret, and in the values and names of all that callers send. */
export const CANARY = 'canary'

/** Begins values that callers send, in bodies, headers and paths. */
export const VALUE = 'canary-v'

/** In names of properties. The answer may repeat a name, the log may not. */
export const NAME = 'canary-n'

/** In all that the upstream says. */
export const UPSTREAM_WORDS = 'canary-u'

export const API_KEY = 'sk_live_canary-4242424242424242'
export const GATEWAY_SECRET = 'gateway-canary-4242424242424242'

/** The end of each session's token. */
export const TOKEN_END = 'c2lnbmF0dXJlLWNhbmFyeQ'

/** How the tokens of callers and of sessions begin: their first member is `alg`. */
const TOKEN_BEGIN = 'eyJhbGciOi'

/** The first canary in a piece of the log. */
export function inLog (text: string): string | undefined {
  return [CANARY, TOKEN_END, TOKEN_BEGIN].find((canary) => text.includes(canary))
}

/** The first canary in an answer, or in what is left of one without the session's own token. */
export function inAnswer (text: string): string | undefined {
  return [VALUE, UPSTREAM_WORDS, API_KEY, GATEWAY_SECRET, TOKEN_END, TOKEN_BEGIN].find((canary) => text.includes(canary))
}
