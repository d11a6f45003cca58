import fastify from 'fastify'
import t from 'tap'
import { takeOwnForms } from '../../../demo/sample/own-forms.js'

const own = 'http://localhost:4000'

const rows: Array<[method: 'GET' | 'POST', origin: string | undefined, status: number]> = [
  ['POST', own, 200],
  ['POST', 'http://localhost:4001', 403],
  ['POST', 'https://localhost:4000', 403],
  ['POST', 'null', 403],
  ['POST', undefined, 403],
  ['GET', undefined, 200],
  ['GET', 'http://localhost:4001', 200],
]
for (const [method, origin, status] of rows) {
  t.test(`a ${method} from ${origin ?? 'no origin'} is ${status}`, async (t) => {
    const app = fastify()
    t.teardown(() => app.close())
    takeOwnForms(app, own)
    app.route({ method, url: '/', handler: async () => 'done' })
    const answer = await app.inject({ method, url: '/', headers: origin === undefined ? {} : { origin } })
    t.equal(answer.statusCode, status)
    t.equal(answer.body === 'done', status === 200)
  })
}
