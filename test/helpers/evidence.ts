import type { IncomingHttpHeaders } from 'node:http'
import { Socket } from 'node:net'
import type { Evidence } from '../../src/identity/identity.js'

/** A request's headers as Node gives them, from a peer at that address. A name may come more than once. */
export function evidence (headers: ReadonlyArray<readonly [name: string, value: string]>, address = '10.0.0.1'): Evidence {
  const joined: IncomingHttpHeaders = {}
  for (const [name, value] of headers) {
    const before = joined[name.toLowerCase()]
    const separator = name.toLowerCase() === 'cookie' ? '; ' : ', '
    joined[name.toLowerCase()] = before === undefined ? value : `${String(before)}${separator}${value}`
  }
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: address })
  return { headers: joined, rawHeaders: headers.flat(), socket }
}
