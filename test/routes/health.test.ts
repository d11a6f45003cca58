import t from 'tap'
import { startBroker } from '../helpers/broker.js'

const broker = await startBroker(t, { APIDECK_BASE_URL: 'http://127.0.0.1:1' })

for (const path of ['/livez', '/readyz']) {
  t.test(`${path} is 200 though the upstream is not there`, async (t) => {
    t.match(await broker.send({ method: 'GET', path }), { status: 200, json: { status: 'ok' } })
    t.match(await broker.send({ method: 'HEAD', path }), { status: 200, text: '' })
  })
}
