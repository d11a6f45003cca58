import { chooseConsumer } from './consumer.js'
import type { Identity } from './identity.js'

/** `IDENTITY=static`: whoever reaches the broker opens the vault of one consumer. */
export function createStaticIdentity (consumerId: string): Identity {
  return {
    identify: async ({ headers }) => chooseConsumer([consumerId], headers),
  }
}
