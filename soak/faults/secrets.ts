import { setTimeout as delay } from 'node:timers/promises'
import { CANARY } from '../canaries.js'
import type { Parts } from '../parts/parts.js'
import type { Random } from '../random.js'
import { LINGERS_MS, type Fault } from './fault.js'

/** The API key's file while the broker runs. The key that counts is Apideck's to say. */

const common = { touches: 'upstream', allows: [], lastsMs: [1_000, 4_000], lingersMs: LINGERS_MS } as const

/** A refused call is made once more with the key that the file holds, if that can be read within a second. */
const rereads = { moreCalls: 1, allowsWhenBusy: ['502 upstream_auth_failed'] } as const

export const newKey = (random: Random) => `sk_live_${CANARY}-${Math.floor(random.next() * 2 ** 32).toString(16)}`

const currentKey = ({ apideck }: Parts) => [...apideck.keys].at(-1) ?? ''

export const secretFaults: readonly Fault[] = [
  {
    name: 'key: rotated, both count for a while',
    ...common,
    begin ({ apideck, keyFile }, random) {
      const [old, key] = [[...apideck.keys], newKey(random)]
      apideck.keys.add(key)
      keyFile.write(`${key}\n`)
      return () => old.forEach((key) => apideck.keys.delete(key))
    },
    ...rereads,
  },
  {
    name: 'key: rotated, the old one at once of no use',
    ...common,
    begin ({ apideck, keyFile }, random) {
      const key = newKey(random)
      keyFile.write(key)
      apideck.keys.clear()
      apideck.keys.add(key)
      return () => {}
    },
    ...rereads,
  },
  {
    name: 'key: revoked, the file follows later',
    ...common,
    ...rereads,
    allows: ['502 upstream_auth_failed'],
    begin ({ apideck, keyFile }, random) {
      const key = newKey(random)
      apideck.keys.clear()
      apideck.keys.add(key)
      return () => keyFile.write(key)
    },
  },
  {
    name: 'key: the file is gone',
    ...common,
    begin (parts) {
      parts.keyFile.remove()
      return () => parts.keyFile.write(currentKey(parts))
    },
  },
  ...Object.entries({ empty: '', 'no key': 'not a key, but \u0000 canary-key' }).map(([what, content]): Fault => ({
    name: `key: the file is ${what}`,
    ...common,
    begin (parts) {
      parts.keyFile.write(content)
      return () => parts.keyFile.write(currentKey(parts))
    },
  })),
  {
    name: 'key: the file is swapped again and again',
    ...common,
    ...rereads,
    async begin ({ apideck, keyFile }, random) {
      for (let swaps = 0; swaps < 20; swaps++) {
        const key = newKey(random)
        apideck.keys.add(key)
        keyFile.write(key)
        await delay(20)
      }
      const newest = [...apideck.keys].at(-1) ?? ''
      return () => {
        apideck.keys.clear()
        apideck.keys.add(newest)
      }
    },
  },
]
