import { isIP } from 'node:net'

/** An IP address, or a network as address and prefix length: `10.0.0.0/8`, `fd00::/8`. Not every address there is. */
export function isCidr (text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}
