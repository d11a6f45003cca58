import t from 'tap'
import { delayOf, faults } from '../../../demo/apideck/faults.js'
import { apideckHeaders, testApideck } from '../../helpers/apideck.js'

t.test('faults on demand', async (t) => {
  const { post } = await testApideck(t)
  for (const [consumer, { status, typeName, message, detail, headers }] of faults) {
    t.test(`${consumer} is answered with ${status}`, async (t) => {
      const answer = await post('{}', { ...apideckHeaders, 'x-apideck-consumer-id': consumer })
      t.equal(answer.status, status)
      t.ok(consumer.startsWith(`fail-${status}`))
      t.match(answer.headers, { 'request-id': /^[0-9a-f-]{36}$/, ...(headers && { 'retry-after': headers['Retry-After'] }) })
      t.match(answer.body, { status_code: status, type_name: typeName, message, detail, error: /\w/ })
      t.match(answer.body.ref, `errors#${typeName.toLowerCase()}`)
      t.equal(Object.keys(answer.body).length, 6)
    })
  }
})

const delays: Array<[consumer: string, ms: number]> = [
  ['acme', 0],
  ['slow-250', 250],
  ['slow-999999', 60_000],
  ['slow-', 0],
  ['silent', Infinity],
]

for (const [consumer, ms] of delays) {
  t.test(`${consumer} waits ${ms} ms`, async (t) => t.equal(delayOf(consumer), ms))
}

t.test('a slow answer comes', async (t) => {
  const { post } = await testApideck(t)
  const answer = await post('{}', { ...apideckHeaders, 'x-apideck-consumer-id': 'slow-20' })
  t.equal(answer.status, 200)
})

for (const consumer of ['silent', 'slow-60000']) {
  t.test(`${consumer} does not hold up the end`, async (t) => {
    const { apideck, post } = await testApideck(t)
    const answer = post('{}', { ...apideckHeaders, 'x-apideck-consumer-id': consumer })
    const broken = t.rejects(answer, 'the connection is cut')
    while (apideck.requests.length === 0) await new Promise(setImmediate)
    await apideck.close()
    await broken
  })
}
