import { isIP } from 'node:net'

/**
 * An IP address, or a network as address and prefix length, no larger than the private ones are: `10.0.0.0/8`,
 * `fc00::/7`. A half of all addresses is a mistake.
 */
export function isCidr (text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  const [shortest, longest] = version === 4 ? [8, 32] : [7, 128]
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) >= shortest && Number(prefix) <= longest)
}
