import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'

/** Whether an address, a peer's own, is a proxy whose forwarded headers count. */
export type IsTrusted = (address: string | undefined) => boolean

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/

/** @param cidrs addresses and networks, such as `10.0.0.0/8` and `::1` */
export function createTrust (cidrs: readonly string[]): IsTrusted {
  const trusted = new BlockList()
  for (const cidr of cidrs) {
    const [address = '', prefix] = cidr.split('/')
    const [family, bits] = isIPv6(address) ? ['ipv6', 128] as const : ['ipv4', 32] as const
    trusted.addSubnet(address, Number(prefix ?? bits), family)
  }
  // Asked several times a request, about the same few proxies, and an answer makes two objects of the system's. What they
  // forward passes through here too, and may be of any length: hence no more.
  const known = new LRUCache<string, boolean>({ max: 100 })
  function check (address: string): boolean {
    const isTrusted = known.get(address) ?? trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
    known.set(address, isTrusted)
    return isTrusted
  }
  return (address) => address !== undefined && check(address)
}

/** The request's ID: the one that a trusted proxy gave it, or a new one. */
export function requestIdOf (request: IncomingMessage, isTrusted: IsTrusted): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) && isTrusted(request.socket.remoteAddress) ? given : randomUUID()
}

/**
 * The client's address, as limits and logs count it: its own, or what trusted proxies forwarded. Some of those add a
 * port, which is no part of it; what is no address at all counts as the peer's own.
 */
export function clientAddress ({ ip, socket }: FastifyRequest): string {
  const address = /^\[(.+)\](?::\d+)?$/.exec(ip)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(ip)?.[1] ?? ip
  return isIP(address) === 0 ? String(socket.remoteAddress) : address
}

/** The client as limits per address count it: an IPv4 address, or the /64 that an IPv6 client has for itself. */
export function networkOf (clientAddress: string): string {
  // A zone names an interface of ours; two clients can have the same address in two of them, and that is close enough.
  const text = clientAddress.replace(/%.*$/, '')
  // A client that has gone at once has no address.
  if (!ipaddr.isValid(text)) return text
  const address = ipaddr.process(text)
  return address instanceof ipaddr.IPv6 ? `${address.parts.slice(0, 4).map((part) => part.toString(16)).join(':')}::/64` : address.toString()
}
