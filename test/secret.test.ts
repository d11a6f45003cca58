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
