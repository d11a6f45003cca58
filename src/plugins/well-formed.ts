import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { BrokerError } from '../errors.js'

/** Headers that a request may have. Thousands of short ones would cost ten times what other requests do. */
export const MAX_HEADERS = 100

/** Refuses, and closes on, what Node takes although two programs might read it in two ways. */
export const wellFormed = fp(async (app: FastifyInstance) => {
  app.addHook('onRequest', async ({ raw }) => {
    const detail = faultIn(raw)
    if (detail !== undefined) throw new BrokerError('invalid_request', { detail, headers: { connection: 'close' } })
  })
}, { name: 'well-formed' })

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** What is wrong with how a request is written; nothing where it is HTTP/1.1, or 1.0, and can mean one thing alone. */
export function faultIn ({ httpVersion, method, url = '', headers, rawHeaders }: IncomingMessage): string | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'The request is not HTTP/1.1.'
  if (rawHeaders.length > 2 * MAX_HEADERS) return `The headers of the request are too many: there may be ${MAX_HEADERS}.`

  const { host, 'transfer-encoding': coding } = headers
  if (host === undefined && httpVersion === '1.1') return 'The request has no Host.'
  if (host !== undefined && (!HOST.test(host) || hasTwoHosts(rawHeaders))) return 'The request must have one Host: a name or an address, and perhaps a port.'

  // RFC 9112, section 6.1. Whether a length stands beside it is Node's to see.
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked')) return 'The request has a Transfer-Encoding other than chunked.'
  return isTargetOf(method, url, host) ? undefined : 'The target of the request is not a path, nor a URL at its Host.'
}

function hasTwoHosts (rawHeaders: string[]): boolean {
  return rawHeaders.filter((name, i) => i % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host').length > 1
}

/** A path; a whole URL, as for a proxy, at the same host; or an asterisk for OPTIONS (RFC 9112, section 3.2). */
function isTargetOf (method: string | undefined, url: string, host: string | undefined): boolean {
  if (url.includes('#')) return false
  if (url.startsWith('/')) return true
  if (url === '*') return method === 'OPTIONS'
  const [, authority] = /^https?:\/\/([^/?]+)/i.exec(url) ?? []
  return authority !== undefined && HOST.test(authority) && (host === undefined || authority.toLowerCase() === host.toLowerCase())
}
