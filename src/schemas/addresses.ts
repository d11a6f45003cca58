import { BlockList, isIP } from 'node:net'

/**
 * An IP address, or a network as address and prefix length, no larger than the private ones are: `10.0.0.0/8`,
 * `fc00::/7`. A larger one would trust strangers, and so would one of mapped IPv4 addresses (`::ffff:0:0/96`).
 */
export function isCidr (text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || address.includes('%') || more.length > 0) return false
  if (prefix === undefined) return true
  const [shortest, longest] = version === 4 ? [8, 32] : [7, 128]
  const isPrefix = /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) >= shortest && Number(prefix) <= longest
  return isPrefix && !(version === 6 && holdsAllIPv4(address, Number(prefix)))
}

function holdsAllIPv4 (address: string, prefix: number): boolean {
  const network = new BlockList()
  network.addSubnet(address, prefix, 'ipv6')
  return network.check('1.0.0.0') && network.check('223.255.255.255')
}
