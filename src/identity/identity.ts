import type { IncomingHttpHeaders } from 'node:http'

/** Who a request comes from, once verified: the one consumer whose vault it opens. */
export interface Caller {
  consumerId: string
}

/** Where callers are verified. One for each value of `IDENTITY`. */
export interface Identity {
  /**
   * @param headers the request's
   * @throws BrokerError `unauthenticated`, `consumer_not_allowed`, `invalid_request` where there is a choice of
   * consumers and none was made, or `identity_unavailable` where nothing can be told
   */
  identify (headers: IncomingHttpHeaders): Promise<Caller>
}
