import type { Issuer } from '../parts/issuer.js'
import type { Random } from '../random.js'

const CONSUMERS = 200

/** Who asks for sessions: consumers, each with a token of the issuer's newest key. */
export interface Callers {
  pick (random: Random): { consumer: string, token: string }
  /** One that has expired. */
  expired: string
  /** New tokens for all: the issuer signs with another key. */
  renew (): Promise<void>
}

export async function createCallers (issuer: Issuer): Promise<Callers> {
  const consumers = Array.from({ length: CONSUMERS }, (_, i) => `consumer-${i}`)
  const sign = () => Promise.all(consumers.map(async (consumer) => ({ consumer, token: await issuer.sign(consumer) })))
  const [first, ...others] = await sign()
  if (first === undefined) throw new Error('nobody calls')
  let all: [typeof first, ...typeof others] = [first, ...others]

  const callers: Callers = {
    pick: (random) => random.pick(all),
    expired: await issuer.sign('consumer-0', -3_600),
    async renew () {
      const [first, ...others] = await sign()
      const expired = await issuer.sign('consumer-0', -3_600)
      if (first !== undefined) all = [first, ...others]
      callers.expired = expired
    },
  }
  return callers
}
