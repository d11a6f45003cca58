import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { DEMO_API_KEY, startDemo } from '../../demo/start.js'

const ports = { sample: 0, broker: 0, api: 0, vault: 0, issuer: 0, frame: 0 }

t.test('starts the broker between the sample page and the stand-in', async (t) => {
  const log = new PassThrough()
  const demo = await startDemo({ ports, consumer: 'beta', log })
  t.teardown(demo.close)

  const page = await fetch(demo.url)
  t.equal(page.url, demo.signInUrl)

  const ask = (headers: Record<string, string>) => fetch(`${demo.broker.origin}/vault-session`, { method: 'POST', headers })
  t.match(await (await ask({})).json(), { code: 'unauthenticated' })

  const token = await fetch(`${demo.issuer.origin}/token`, { method: 'POST', body: new URLSearchParams({ user: 'ada' }) })
  const authorization = `Bearer ${(await token.text()).trim()}`
  t.match(await (await ask({ authorization, 'x-apideck-consumer-id': 'birch' })).json(), { code: 'consumer_not_allowed' })
  t.equal(demo.apideck.requests.length, 0)

  t.match(await (await ask({ authorization })).json(), { session_uri: `${demo.apideck.vaultOrigin}/session/` })
  t.equal(demo.apideck.requests.length, 1)
  t.match(demo.apideck.requests[0]?.rawHeaders.join('\n'), /consumer-id\nbeta/i)
  t.strictSame(JSON.parse(demo.apideck.requests[0]?.body ?? ''), {
    consumer_metadata: {
      account_name: 'Acme Studio',
      user_name: 'Ada Park',
      email: 'ada@acme.example',
      image: `${demo.apideck.vaultOrigin}/uploads/ada-park.svg`,
    },
  })

  await demo.close()
  t.equal(await demo.broker.exited, '0')
  log.end()
  const lines = await text(log)
  t.match(lines, 'request completed')
  t.notMatch(lines, DEMO_API_KEY)
  t.notMatch(lines, authorization)
})

t.test('says so where the broker does not start', async (t) => {
  await t.rejects(startDemo({ ports, logLevel: 'loud' }), { message: 'the broker ended (1) before it was ready' })
})
