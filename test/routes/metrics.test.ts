import { fastify } from 'fastify'
import t from 'tap'
import { metricsRoute } from '../../src/routes/metrics.js'

t.test('it is what is measured, in the type that it says, read anew each time', async (t) => {
  const app = fastify()
  t.teardown(() => app.close())
  let reads = 0
  await app.register(metricsRoute, { metrics: { contentType: 'text/plain; version=0.0.4', text: async () => `a ${++reads}\n` } })
  t.match(await app.inject('/metrics'), { statusCode: 200, headers: { 'content-type': /^text\/plain; version=0\.0\.4/ }, body: 'a 1\n' })
  t.match(await app.inject('/metrics'), { body: 'a 2\n' })
})
