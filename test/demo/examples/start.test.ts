import { createServer } from 'node:http'
import t from 'tap'
import { startReact } from '../../../demo/examples/react.js'
import { startExample, type ExampleName } from '../../../demo/examples/start.js'
import { withoutPackages } from '../../helpers/programs.js'
import { listen } from '../../helpers/upstream.js'

const ports = { sample: 0, broker: 0, api: 0, vault: 0, issuer: 0, frame: 0, example: 0 }

t.test('the form names the addresses that there are', async (t) => {
  const { url, demo, close } = await startExample('form', { ports })
  t.teardown(close)
  const text = await (await fetch(url)).text()
  const origins = new Set(text.match(/https?:\/\/localhost:\d+/g))
  t.strictSame([...origins].sort(), [demo.broker.origin, demo.apideck.vaultOrigin, new URL(url).origin, new URL(demo.signInUrl).origin].sort())
})

t.test('leaves nothing running where there is no such example', async (t) => {
  await t.rejects(startExample('vue' as ExampleName, { ports }))
})

t.test('tells where the React example cannot be served', { skip: withoutPackages('examples/react') }, async (t) => {
  const port = Number(new URL(await listen(t, createServer())).port)
  await t.rejects(startReact({ port, broker: 'http://localhost:1', signInUrl: 'http://localhost:1', frame: 'http://localhost:1' }), { message: 'Vite ended before it was ready' })
})
