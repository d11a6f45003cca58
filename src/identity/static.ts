import type { Identity } from './identity.js'

/** `IDENTITY=static`: whoever reaches the broker opens the vault of one consumer. */
export function createStaticIdentity (consumerId: string): Identity {
  return {
    isSentByBrowser: () => false,
    identify: async () => ({ entitledTo: [consumerId], claims: {} }),
    close: async () => {},
  }
}
