import type { IncomingHttpHeaders } from 'node:http'
import { BrokerError } from '../errors.js'
import type { Caller } from './identity.js'

/** The request header that chooses one of the consumers a caller is entitled to. It never entitles. */
export const CONSUMER_HEADER = 'x-apideck-consumer-id'

/**
 * The caller, as one of the consumers that it is entitled to.
 *
 * @throws BrokerError `consumer_not_allowed`, or `invalid_request` where there is a choice and none was made
 */
export function chooseConsumer (entitled: readonly string[], headers: IncomingHttpHeaders): Caller {
  const chosen = headers[CONSUMER_HEADER]
  const [consumerId, ...others] = chosen === undefined ? entitled : entitled.filter((candidate) => candidate === chosen)
  if (consumerId === undefined) throw new BrokerError('consumer_not_allowed')
  if (others.length > 0) {
    throw new BrokerError('invalid_request', {
      detail: `The caller is entitled to several consumers: choose one of them in ${CONSUMER_HEADER}.`,
    })
  }
  return { consumerId }
}
