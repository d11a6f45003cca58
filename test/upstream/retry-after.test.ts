import t from 'tap'
import { retryAfterSeconds } from '../../src/upstream/retry-after.js'

const now = Date.parse('2026-01-01T00:00:00Z')

const rows: Array<[header: string | string[] | undefined, seconds: number | undefined]> = [
  [undefined, undefined],
  ['7', 7],
  ['0', 1],
  ['99999', 3_600],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 1],
  ['soon', undefined],
  ['', undefined],
  [['1', '2'], undefined],
]
for (const [header, seconds] of rows) {
  t.test(`${JSON.stringify(header)} is ${seconds ?? 'nothing'}`, async (t) => t.equal(retryAfterSeconds(header, now), seconds))
}
