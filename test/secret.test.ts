import { inspect } from 'node:util'
import t from 'tap'
import { Secret } from '../src/secret.js'

const secret = new Secret('sk_live_1')

t.test('a secret is had only by asking', async (t) => {
  t.equal(secret.reveal(), 'sk_live_1')
})

for (const [how, printed] of [
  ['a template', `${secret}`],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect({ secret }, { showHidden: true })],
  ['its members', JSON.stringify(Object.entries(secret))],
] as const) {
  t.test(`${how} does not show it`, async (t) => t.notMatch(printed, /sk_live/))
}

t.test('a secret may be replaced, and whoever listens is told, though not where nothing has changed', async (t) => {
  const key = new Secret('one')
  const heard: string[] = []
  key.onReplace(() => heard.push(key.reveal()))
  key.replace('one')
  key.replace('two')
  t.equal(key.reveal(), 'two')
  t.strictSame(heard, ['two'])
})

t.test('what it was before is still known, for a while', async (t) => {
  const key = new Secret('1')
  for (const value of ['2', '3', '4', '5', '6']) key.replace(value)
  t.strictSame(key.known(), ['6', '5', '4', '3', '2'])
})
