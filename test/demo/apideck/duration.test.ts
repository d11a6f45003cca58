import t from 'tap'
import { durationSeconds } from '../../../demo/apideck/duration.js'

const rows: Array<[text: string, seconds: number | undefined]> = [
  ['90s', 90],
  ['30m', 1800],
  ['12h', 43_200],
  ['7d', 604_800],
  ['1w', 604_800],
  ['0m', undefined],
  ['1y', undefined],
  ['30', undefined],
  ['', undefined],
  ['1h ', undefined],
]

for (const [text, seconds] of rows) {
  t.test(`'${text}' is ${seconds === undefined ? 'no duration' : `${seconds} seconds`}`, async (t) => {
    t.equal(durationSeconds(text), seconds)
  })
}
