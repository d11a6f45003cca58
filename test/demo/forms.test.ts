import fastify from 'fastify'
import t, { type Test } from 'tap'
import { takeForms } from '../../demo/forms.js'

function start (t: Test) {
  const app = fastify()
  t.teardown(() => app.close())
  takeForms(app)
  app.post('/', async ({ body }) => body)
  return (type: string, payload: string) => app.inject({ method: 'POST', url: '/', headers: { 'content-type': type }, payload })
}

t.test('a form becomes its fields', async (t) => {
  const post = start(t)
  const answer = await post('application/x-www-form-urlencoded', 'user=ada+park&company=a%26b&company=c')
  t.strictSame(answer.json(), { user: 'ada park', company: 'c' })
})

const refusals: Array<[type: string, payload: string, status: number]> = [
  ['application/json', '{}', 415],
  ['text/plain', 'user=ada', 415],
  ['application/x-www-form-urlencoded', `user=${'x'.repeat(1024)}`, 413],
]
for (const [type, payload, status] of refusals) {
  t.test(`${payload.length} characters of ${type} are ${status}`, async (t) => {
    t.equal((await start(t)(type, payload)).statusCode, status)
  })
}
