import t from 'tap'
import { contrast, hexColour, inkOn, inkOnWhite } from '../../../demo/apideck/colour.js'

const colours: Array<[text: string | undefined, colour: string | undefined]> = [
  ['#286EFA', '#286efa'],
  ['#abc', '#aabbcc'],
  ['#abcd', '#aabbcc'],
  ['#286efa80', '#286efa'],
  ['#12345', undefined],
  ['red', undefined],
  ['#fff;} body{display:none', undefined],
  ['</style>', undefined],
  [undefined, undefined],
]

for (const [text, colour] of colours) {
  t.test(`${text} is ${colour ?? 'no hex colour'}`, async (t) => t.equal(hexColour(text), colour))
}

t.test('contrast is that of WCAG', async (t) => {
  t.equal(contrast('#000000', '#ffffff'), 21)
  t.equal(contrast('#ffffff', '#ffffff'), 1)
  t.equal(contrast('#767676', '#ffffff').toFixed(2), '4.54')
})

t.test('text is the colour that was asked for, where it can be read', async (t) => {
  t.equal(inkOn('#1e1b4b', '#f5f3ff'), '#f5f3ff')
  t.equal(inkOn('#4b3fd6'), '#ffffff')
  t.equal(inkOnWhite('#4b3fd6'), '#4b3fd6')
})

t.test('text is near-black or white, where the other cannot be read', async (t) => {
  t.equal(inkOn('#ffd60a', '#ffffff'), '#14171f')
  t.equal(inkOn('#1e1b4b', '#000000'), '#ffffff')
  t.equal(inkOnWhite('#ffd60a'), '#14171f')
})
