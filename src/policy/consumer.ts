import { BrokerError } from '../errors.js'
import { isConsumerId } from '../schemas/consumer.js'
import { CONSUMER_HEADER } from '../schemas/header-names.js'

/**
 * The one consumer, of those that a caller is entitled to, whose vault a request is about.
 *
 * @param chosen the header that chooses one of them
 * @throws BrokerError `consumer_not_allowed`, or `invalid_request` where there is a choice and none was made
 */
export function chooseConsumer (entitled: readonly string[], chosen: string | string[] | undefined): string {
  const [consumerId, ...others] = chosen === undefined ? entitled : entitled.filter((candidate) => candidate === chosen)
  if (consumerId === undefined) throw notAllowed(chosen)
  if (others.length > 0) {
    throw new BrokerError('invalid_request', {
      detail: `The caller is entitled to several consumers: choose one of them in ${CONSUMER_HEADER}.`,
    })
  }
  return consumerId
}

/** Which one was asked for is worth a line in the log, if it is one at all. */
function notAllowed (chosen: string | string[] | undefined): BrokerError {
  if (chosen === undefined) return new BrokerError('consumer_not_allowed', { detail: 'The caller is entitled to no consumer.' })
  const isTellable = typeof chosen === 'string' && isConsumerId(chosen)
  return new BrokerError('consumer_not_allowed', isTellable ? { facts: { refused_consumer_id: chosen } } : {})
}
