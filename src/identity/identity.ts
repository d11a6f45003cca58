import type { IncomingMessage } from 'node:http'
import type { Claims } from '../schemas/claims.js'

/** Who a request comes from, once verified. */
export interface Caller {
  /** The consumers whose vaults it may open, no one twice. */
  entitledTo: readonly string[]
  /** The `iss` and `sub` of the token, where there was one. */
  issuer?: string
  subject?: string
  /** All that a verified token says; nothing where there was none. */
  claims: Claims
}

/** What a caller is known by: the headers, as they are read and as they came, and the peer's own address. */
export type Evidence = Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'socket'>

/** Where callers are verified. One for each value of `IDENTITY`. */
export interface Identity {
  /**
   * Whether the credential that would count is one that a browser sends by itself, whoever's page made it: a cookie, or
   * whatever a session at a gateway becomes. It is worth nothing without proof of origin.
   */
  isSentByBrowser (evidence: Evidence): boolean
  /**
   * @throws BrokerError `unauthenticated`, or `identity_unavailable` where nothing can be told
   */
  identify (evidence: Evidence): Promise<Caller>
  /** Closes what it holds open. */
  close (): Promise<void>
}
