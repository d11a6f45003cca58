import type { Outcome } from '../faults/fault.js'
import type { Answer } from './answer.js'
import type { Prepared } from './kinds.js'

/** Status and code of an answer, from a problem or its page; the code of one that went well is `ok`. */
export function outcomeOf ({ status, body }: Answer): Outcome {
  if (status < 400) return `${status} ok`
  const code = /"code":"(\w+)"/.exec(body) ?? /Code <code>(\w+)</.exec(body)
  return `${status} ${code?.[1] ?? 'without a code'}`
}

/** What is wrong with an answer whose status may be right: not for this request, or without what every answer has. */
export function faultOf ({ status, headers, body }: Answer, { id, consumer, kind }: Prepared, isUsual: boolean): string | undefined {
  if (headers.get('x-request-id') !== id) return `x-request-id is ${headers.get('x-request-id')}`
  if (headers.get('cache-control') !== 'no-store') return 'no Cache-Control: no-store'
  if ((status === 503 || status === 429) && kind.reach === 'upstream' && !headers.has('retry-after') && !body.includes('upstream_limit_reached')) return 'no Retry-After'
  if (!isUsual || kind.reach !== 'upstream') return undefined
  const token = /[\w-]+\.([\w-]+)\.canary-session/.exec(status === 302 ? headers.get('location') ?? '' : body)
  const claims = token === null ? '' : Buffer.from(token[1] ?? '', 'base64url').toString()
  return claims.includes(`"consumer_id":"${consumer}"`) && claims.includes(`"mark":"${id}"`) ? undefined : 'a session that is not its own'
}
