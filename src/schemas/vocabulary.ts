import type { Options } from 'ajv'
import { isCidr } from './addresses.js'
import { isConsumerId } from './consumer.js'
import { isWithinLimits } from './free-form.js'
import { isFreeHeaderName } from './header-names.js'
import { isHeaderPairs, isPairs } from './pairs.js'
import { isSessionLength } from './session-length.js'
import { parseRedirectUri } from './redirect-uri.js'
import { isBaseUrl, isCollectorUrl, isHost, isHttpsUrl, isRedisUrl, isSecureUrl, isWebOrigin } from './urls.js'

/**
 * What our schemas may say beyond JSON Schema, for every validator that reads them.
 *
 * Formats are those below. `x-expected` completes "must be …" for people, `x-secret` marks a variable that may come
 * from a file, `x-limits` bounds a free-form object.
 */
export const vocabulary = {
  formats: {
    'https-url': isHttpsUrl,
    'session-length': isSessionLength,
    'redirect-uri': (text: string) => parseRedirectUri(text) !== undefined,
    'web-origin': isWebOrigin,
    'base-url': isBaseUrl,
    'collector-url': isCollectorUrl,
    'secure-url': isSecureUrl,
    'redis-url': isRedisUrl,
    'header-name': isFreeHeaderName,
    pairs: isPairs,
    'header-pairs': isHeaderPairs,
    host: isHost,
    cidr: isCidr,
    'consumer-id': isConsumerId,
  },
  keywords: [
    'x-expected',
    'x-secret',
    { keyword: 'x-limits', type: 'object', validate: isWithinLimits },
  ],
} satisfies Options

/**
 * Nothing is removed, converted or filled in, and every fault is found, with the schema it offends beside it. That the
 * schemas are schemas is for the tests to see, and takes no part of a start.
 */
export const strictOptions = {
  removeAdditional: false,
  coerceTypes: false,
  useDefaults: false,
  allErrors: true,
  verbose: true,
  meta: false,
  validateSchema: false,
} satisfies Options
