import type { Issuer } from '../parts/issuer.js'
import type { Random } from '../random.js'

const CONSUMERS = 200

/** Who asks for sessions: consumers, each with a token of the issuer's newest key. */
export interface Callers {
  pick (random: Random): { consumer: string, token: string }
  /** One that has expired. */
  expired: string
  /** New tokens, as the issuer signs with another key: for all, or for every other one. */
  renew (who: 'all' | 'half'): Promise<void>
}

export async function createCallers (issuer: Issuer): Promise<Callers> {
  const consumers = Array.from({ length: CONSUMERS }, (_, i) => `consumer-${i}`)
  const [first, ...others] = await Promise.all(consumers.map(async (consumer) => ({ consumer, token: await issuer.sign(consumer) })))
  if (first === undefined) throw new Error('nobody calls')
  const all = [first, ...others] as const

  const callers: Callers = {
    pick: (random) => random.pick(all),
    expired: await issuer.sign('consumer-0', -3_600),
    async renew (who) {
      callers.expired = await issuer.sign('consumer-0', -3_600)
      await Promise.all(all.map(async (caller, i) => {
        if (who === 'all' || i % 2 === 0) caller.token = await issuer.sign(caller.consumer)
      }))
    },
  }
  return callers
}
