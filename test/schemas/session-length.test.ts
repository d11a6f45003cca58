import t from 'tap'
import { isSessionLength, sessionSeconds } from '../../src/schemas/session-length.js'

for (const [text, seconds] of [['90s', 90], ['30m', 1_800], ['12h', 43_200], ['7d', 604_800], ['1w', 604_800], ['604800s', 604_800]] as const) {
  t.test(`${text} is ${seconds} seconds and at most a week`, async (t) => {
    t.equal(sessionSeconds(text), seconds)
    t.ok(isSessionLength(text))
  })
}
for (const text of ['2w', '8d', '169h', '604801s', '999999w']) {
  t.test(`${text} is a duration, but more than a week`, async (t) => {
    t.type(sessionSeconds(text), 'number')
    t.notOk(isSessionLength(text))
  })
}
for (const text of ['', '0s', '1', '1h30m', '1.5h', '-1h', '01h', '1 h', '1H', '1y', 'h', '1h\n', '9999999s', 'PT1H', '٣h']) {
  t.test(`${JSON.stringify(text)} is no duration`, async (t) => {
    t.equal(sessionSeconds(text), undefined)
    t.notOk(isSessionLength(text))
  })
}
