/** Proves that a request comes from the gateway. */
export const GATEWAY_SECRET_HEADER = 'x-gateway-secret'

/** Chooses one of the consumers that a caller is entitled to. It never entitles. */
export const CONSUMER_HEADER = 'x-apideck-consumer-id'

/** The application, as Apideck's SDKs send it, and nobody else does. Whatever it says is ignored. */
export const APP_HEADER = 'x-apideck-app-id'

/** Names with a meaning of their own, here or in HTTP, which an identity must not be read from. */
const TAKEN = new RegExp('^(?:authorization|cookie|host|origin|referer|connection|te|trailer|upgrade|forwarded|via|user-agent|' +
  'transfer-encoding|set-cookie|expect|keep-alive|x-request-id|x-gateway-secret|x-forwarded-(?:for|host|proto|port|by|server|prefix)|' +
  '(?:accept|content|sec|x-apideck|proxy)(?:-.*)?)$')

/**
 * Whether a header of that name, in lower or upper case, can be given a meaning: one that HTTP, browsers and the broker
 * leave free. Without underscores, which gateways read as dashes.
 */
export function isFreeHeaderName (text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(text) && !TAKEN.test(text.toLowerCase())
}
