import t from 'tap'
import { chooseConsumer } from '../../src/identity/consumer.js'

const chosen = (id: string) => ({ 'x-apideck-consumer-id': id })

t.test('the only consumer needs no choice', async (t) => {
  t.strictSame(chooseConsumer(['acme'], {}), { consumerId: 'acme' })
  t.strictSame(chooseConsumer(['acme'], chosen('acme')), { consumerId: 'acme' })
})

t.test('the header chooses among several', async (t) => {
  for (const id of ['acme', 'globex']) t.strictSame(chooseConsumer(['acme', 'globex'], chosen(id)), { consumerId: id })
})

for (const id of ['globex', '', 'acme, globex', 'acme,acme', 'ACME', ' acme', 'toString']) {
  t.test(`${JSON.stringify(id)} is refused to who is entitled to acme`, async (t) => {
    t.throws(() => chooseConsumer(['acme'], chosen(id)), { code: 'consumer_not_allowed' })
  })
}

t.test('nobody is entitled to nothing', async (t) => {
  t.throws(() => chooseConsumer([], {}), { code: 'consumer_not_allowed' })
  t.throws(() => chooseConsumer([], chosen('acme')), { code: 'consumer_not_allowed' })
})

t.test('no choice among several is refused with the way out', async (t) => {
  t.throws(() => chooseConsumer(['acme', 'globex'], {}), { code: 'invalid_request', message: /x-apideck-consumer-id/ })
})
