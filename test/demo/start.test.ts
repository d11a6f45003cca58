import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { DEMO_API_KEY, startDemo } from '../../demo/start.js'

const ports = { sample: 0, broker: 0, api: 0, vault: 0 }

t.test('starts the broker between the sample page and the stand-in', async (t) => {
  const log = new PassThrough()
  const demo = await startDemo({ ports, consumer: 'beta', log })
  t.teardown(demo.close)

  const page = await fetch(demo.url)
  t.match(await page.text(), `${demo.broker.origin}/vault-session`)

  const answer = await fetch(`${demo.broker.origin}/vault-session`, { method: 'POST' })
  t.match(await answer.json(), { session_uri: `${demo.apideck.vaultOrigin}/session/` })
  t.equal(demo.apideck.requests.length, 1)
  t.match(demo.apideck.requests[0]?.rawHeaders.join('\n'), /consumer-id\nbeta/i)

  await demo.close()
  t.equal(await demo.broker.exited, '0')
  log.end()
  const lines = await text(log)
  t.match(lines, 'request completed')
  t.notMatch(lines, DEMO_API_KEY)
})

t.test('says so where the broker does not start', async (t) => {
  await t.rejects(startDemo({ ports, consumer: '' }), { message: 'the broker ended (1) before it was ready' })
})
