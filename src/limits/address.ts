/** Where a Redis is, and what it must be told first. */
export interface RedisAddress {
  isTls: boolean
  host: string
  port: number
  /** Commands that come before any other: who we are, and which database it is about. */
  handshake: string[][]
}

const DEFAULT_PORT = 6379

/** What a URL says, or nothing where it is none: it may have been replaced by anything. */
export function addressIn (text: string): RedisAddress | undefined {
  try {
    const url = new URL(text)
    const [username = '', password = '', database = ''] = [url.username, url.password, url.pathname.slice(1)].map(decodeURIComponent)
    const handshake: string[][] = []
    if (username !== '') handshake.push(['AUTH', username, password])
    else if (password !== '') handshake.push(['AUTH', password])
    if (Number(database) !== 0) handshake.push(['SELECT', String(Number(database))])
    return { isTls: url.protocol === 'rediss:', host: url.hostname.replace(/^\[(.+)\]$/, '$1'), port: Number(url.port || DEFAULT_PORT), handshake }
  } catch {
    return undefined
  }
}
