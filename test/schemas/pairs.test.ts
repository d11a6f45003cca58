import t from 'tap'
import { isHeaderPairs, isPairs } from '../../src/schemas/pairs.js'

const rows: Array<[text: string, arePairs: boolean, areHeaders: boolean]> = [
  ['a=b', true, true],
  ['authorization=Bearer%20abc,x-team=b', true, true],
  ['authorization=Basic%20YQ==', true, true],
  ['a=', true, true],
  ['deployment.environment.name=production', true, true],
  ['k8s/pod=a', true, false],
  ['a%20b=c', true, false],
  ['a=%0d%0ax: 1', false, false],
  ['a=%0d%0ax:1', true, false],
  ['a=%C3%A9', true, false],
  ['a=%20b', true, false],
  ['a', false, false],
  ['=b', false, false],
  ['a=b,', false, false],
  ['a=%zz', false, false],
  ['%zz=a', false, false],
  ['a=é', false, false],
  ['a=b c', false, false],
  ['', false, false],
]
for (const [text, arePairs, areHeaders] of rows) {
  t.test(`${JSON.stringify(text)} ${arePairs ? 'are' : 'are no'} pairs, and ${areHeaders ? 'are' : 'are no'} headers`, async (t) => {
    t.equal(isPairs(text), arePairs)
    t.equal(isHeaderPairs(text), areHeaders)
  })
}
