import t from 'tap'
import type { BrokerError } from '../../src/errors.js'
import { chooseConsumer } from '../../src/policy/consumer.js'

t.test('the only consumer needs no choice', async (t) => {
  t.equal(chooseConsumer(['acme'], undefined), 'acme')
  t.equal(chooseConsumer(['acme'], 'acme'), 'acme')
})

t.test('the header chooses among several', async (t) => {
  for (const id of ['acme', 'globex']) t.equal(chooseConsumer(['acme', 'globex'], id), id)
})

for (const id of ['globex', '', 'acme, globex', 'acme,acme', 'ACME', ' acme', 'toString']) {
  t.test(`${JSON.stringify(id)} is refused to who is entitled to acme`, async (t) => {
    t.throws(() => chooseConsumer(['acme'], id), { code: 'consumer_not_allowed' })
  })
}

t.test('nobody is entitled to nothing', async (t) => {
  t.throws(() => chooseConsumer([], undefined), { code: 'consumer_not_allowed', message: 'The caller is entitled to no consumer.' })
  t.throws(() => chooseConsumer([], 'acme'), { code: 'consumer_not_allowed' })
})

t.test('no choice among several is refused with the way out', async (t) => {
  t.throws(() => chooseConsumer(['acme', 'globex'], undefined), { code: 'invalid_request', message: /x-apideck-consumer-id/ })
})

function refusalOf (chosen: string | string[] | undefined) {
  try {
    chooseConsumer(['acme'].filter(() => chosen !== undefined), chosen)
  } catch (error) {
    return (error as BrokerError).facts
  }
  return undefined
}

t.test('which one was refused is told to the log, if it is one at all', async (t) => {
  t.strictSame(refusalOf('globex'), { refused_consumer_id: 'globex' })
  for (const chosen of [undefined, 'a b', 'x'.repeat(256), ['globex']]) t.strictSame(refusalOf(chosen), {})
})
