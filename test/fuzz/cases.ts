import fc, { type Arbitrary } from 'fast-check'
import type { Case, Setting } from './case.js'
import { brokenFraming } from './framing.js'
import { invalidMatters, openMatters, validMatters } from './matters.js'
import { posts } from './requests.js'
import { elsewhere, fromPages, fromStrangers, probes } from './routes.js'
import { failures, slowFailures } from './told.js'

const { constant, constantFrom, integer, oneof, tuple } = fc

const cuts = oneof({ weight: 5, arbitrary: constant<readonly number[]>([]) }, { weight: 1, arbitrary: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }) })

/** Everything that is tried, in a setting. */
export function cases (setting: Setting): Arbitrary<Case> {
  const valid = posts(validMatters(setting), setting)
  const ask = oneof(
    { weight: 9, arbitrary: valid },
    { weight: 9, arbitrary: posts(invalidMatters(setting), setting) },
    { weight: 5, arbitrary: posts(openMatters(setting), setting) },
    { weight: 3, arbitrary: fromPages(setting) },
    ...(setting.badCredentials.length === 0 ? [] : [{ weight: 3, arbitrary: fromStrangers(setting) }]),
    { weight: 3, arbitrary: elsewhere(setting) },
    { weight: 1, arbitrary: probes(setting) }
  )
  const kept = { told: 'mint', connection: 'kept' } as const
  return oneof(
    { weight: 6_000, arbitrary: tuple(ask, cuts).map(([one, cuts]): Case => ({ asks: [one], cuts, ...kept })) },
    { weight: 600, arbitrary: tuple(fc.array(ask, { minLength: 2, maxLength: 3 }), cuts).map(([asks, cuts]): Case => ({ asks, cuts, ...kept })) },
    { weight: 250, arbitrary: tuple(valid, constantFrom(...failures)).map(([one, told]): Case => ({ asks: [one], cuts: [], told, connection: 'kept' })) },
    { weight: 1_000, arbitrary: tuple(brokenFraming(setting), cuts).map(([one, cuts]): Case => ({ asks: [one], cuts, told: 'mint', connection: 'ended' })) }
  )
}

/** Cases that take seconds, for an upstream or a client that falls silent. */
export function slowCases (setting: Setting): Arbitrary<Case> {
  const valid = posts(validMatters(setting), setting)
  return oneof(
    tuple(valid, constantFrom(...slowFailures)).map(([one, told]): Case => ({ asks: [one], cuts: [], told, connection: 'kept' })),
    tuple(valid, integer({ min: 1, max: 200 })).map(([one, n]): Case => ({
      asks: [{ ...one, kind: 'never ends', bytes: one.bytes.slice(0, Math.min(n, one.bytes.indexOf('\r\n\r\n'))), expected: { is: 'refused', codes: ['invalid_request'] }, shape: 'any' }],
      cuts: [],
      told: 'mint',
      connection: 'silent',
    }))
  )
}
