import { hash, timingSafeEqual } from 'node:crypto'
import { BrokerError } from '../errors.js'
import { isConsumerId } from '../schemas/consumer.js'
import { GATEWAY_SECRET_HEADER } from '../schemas/header-names.js'
import type { Secret } from '../secret.js'
import type { Evidence, Identity } from './identity.js'
import { hasUnderscoreTwin, valuesOf } from './raw-headers.js'

/** How the gateway is known, and what it says. */
export interface GatewayOptions {
  /** In lower case. */
  consumerHeader: string
  secret: Secret
  /** Whether a peer's own address is one of the gateway's. */
  isTrusted: (address: string | undefined) => boolean
  /** Milliseconds, on any clock. */
  now?: () => number
}

/** Milliseconds that a secret still counts once it has been replaced: the gateway gets the new one at its own time. */
const FORMER_COUNTS_MS = 120_000

/** How many former secrets may count at once. */
const MAX_FORMER = 4

/** Of no scheme that browsers know: it is for the gateway to ask for a credential. */
const CHALLENGE = 'Gateway realm="vault-session-broker"'

/**
 * `IDENTITY=gateway`: the consumer is what a header of the gateway says. That counts only from a peer that is trusted by
 * its own address and proves the secret that the two share, and only if it was said once and unmistakably.
 */
export function createGatewayIdentity ({ consumerHeader, secret, isTrusted, now = () => performance.now() }: GatewayOptions): Identity {
  let current = digest(secret.reveal())
  let former: Array<{ proof: Buffer, until: number }> = []
  secret.onReplace(() => {
    former = [{ proof: current, until: now() + FORMER_COUNTS_MS }, ...former].slice(0, MAX_FORMER)
    current = digest(secret.reveal())
  })

  /** Whether it is the secret, or one that it was until lately. Each is compared, whichever is the one. */
  function isProof (text: string): boolean {
    const given = digest(text)
    const counting = [current, ...former.filter(({ until }) => now() < until).map(({ proof }) => proof)]
    return counting.filter((proof) => timingSafeEqual(given, proof)).length > 0
  }

  /** Why what came does not count, by a name for the log; nothing where it does. */
  function flawIn (evidence: Evidence): string | undefined {
    const consumers = valuesOf(evidence, consumerHeader)
    const [proof = '', ...moreProofs] = valuesOf(evidence, GATEWAY_SECRET_HEADER)
    if (!isTrusted(evidence.socket.remoteAddress)) return 'untrusted_peer'
    if (!isProof(proof) || moreProofs.length > 0) return 'gateway_secret'
    if (hasUnderscoreTwin(evidence, consumerHeader) || hasUnderscoreTwin(evidence, GATEWAY_SECRET_HEADER)) return 'underscore_twin'
    if (consumers.length !== 1) return consumers.length === 0 ? 'no_credential' : 'doubled_header'
    return isConsumerId(String(consumers[0])) ? undefined : 'not_a_consumer_id'
  }

  return {
    isSentByBrowser: (evidence) => valuesOf(evidence, consumerHeader).length > 0,
    async identify (evidence) {
      const failure = flawIn(evidence)
      if (failure !== undefined) {
        throw new BrokerError('unauthenticated', { headers: { 'www-authenticate': CHALLENGE }, facts: { identity_failure: failure } })
      }
      return { entitledTo: valuesOf(evidence, consumerHeader), claims: {} }
    },
    close: async () => {},
  }
}

/** Of one length, whatever is compared. */
function digest (text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
