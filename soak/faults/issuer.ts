import type { ServerResponse } from 'node:http'
import { LINGERS_MS, type End, type Fault } from './fault.js'
import type { Parts } from '../parts/parts.js'

/** The broker looks for a key that it does not know if its last look is longer ago than 10 s. */
const COOLDOWN_MS = 11_000

const common = {
  touches: 'identity',
  lastsMs: [500, 4_000],
  lingersMs: LINGERS_MS,
  isPossible: ({ issuer }: Parts) => performance.now() - issuer.askedAt > COOLDOWN_MS,
} as const

/** The issuer fails just as it signs with another key, which half of all tokens then need, and which cannot be had. */
function failing (name: string, fail: (parts: Parts) => End | Promise<End>, more: Partial<Fault> = {}): Fault {
  return {
    name: `issuer: ${name}`,
    ...common,
    allows: ['503 identity_unavailable'],
    async begin (parts) {
      await parts.issuer.rotate()
      const end = await fail(parts)
      await parts.callers.renew('half')
      return async () => {
        await end()
        await parts.callers.renew('all')
      }
    },
    ...more,
  }
}

function answering (name: string, respond: (response: ServerResponse) => void, more: Partial<Fault> = {}): Fault {
  return failing(name, ({ issuer }) => {
    issuer.respond = respond
    return () => { issuer.respond = undefined }
  }, more)
}

export const issuerFaults: readonly Fault[] = [
  {
    name: 'issuer: another key',
    ...common,
    allows: [],
    async begin ({ issuer, callers }) {
      await issuer.rotate()
      await callers.renew('all')
      return () => {}
    },
  },
  failing('nobody listens', async ({ issuer }) => {
    await issuer.close()
    return () => issuer.listen()
  }),
  answering('500', (response) => response.writeHead(500).end('canary-upstream')),
  answering('10 MB', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(`{"keys":[],"x":"${'x'.repeat(10_000_000)}"}`)),
  answering('no keys', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"keys":[]}')),
  // The broker waits for 5 s.
  answering('no answer', () => {}, { slowerMs: 5_000, lingersMs: 8_000 }),
]
