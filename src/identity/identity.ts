import type { IncomingMessage } from 'node:http'

/** Who a request comes from, once verified: the one consumer whose vault it opens. */
export interface Caller {
  consumerId: string
}

/** What a caller is known by: the headers, as they are read and as they came, and the peer's own address. */
export type Evidence = Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'socket'>

/** Where callers are verified. One for each value of `IDENTITY`. */
export interface Identity {
  /**
   * @throws BrokerError `unauthenticated`, `consumer_not_allowed`, `invalid_request` where there is a choice of
   * consumers and none was made, or `identity_unavailable` where nothing can be told
   */
  identify (evidence: Evidence): Promise<Caller>
}
