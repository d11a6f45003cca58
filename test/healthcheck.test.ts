import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { startBroker } from './helpers/broker.js'
import { httpUpstream, listen, socketUpstream } from './helpers/upstream.js'

/** Runs the compiled check with nothing but these variables, and says how it ended. */
async function check (variables: Record<string, string>): Promise<{ code: number | null, output: string }> {
  const child = spawn(process.execPath, ['dist/healthcheck.js'], { env: variables })
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  const output = await text(child.stderr)
  return { code: await closed, output }
}

t.test('a broker that serves is healthy, whatever address it listens on', async (t) => {
  const { url } = await startBroker(t)
  const { port: PORT } = new URL(url)
  for (const HOST of ['127.0.0.1', '0.0.0.0', 'localhost', '']) {
    t.strictSame(await check({ HOST, PORT }), { code: 0, output: '' }, `HOST=${HOST}`)
  }
})

t.test('a proxy in the environment is not asked', async (t) => {
  const { url } = await startBroker(t)
  const { port: PORT } = new URL(url)
  // Node may warn of the variables, so only the exit code counts.
  t.match(await check({ HOST: '127.0.0.1', PORT, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:1' }), { code: 0 })
})

t.test('another status than 200 is unhealthy', async (t) => {
  const { url, received } = await httpUpstream(t, (_request, response) => { response.writeHead(503).end() })
  const { port: PORT } = new URL(url)
  t.strictSame(await check({ HOST: '127.0.0.1', PORT }), { code: 1, output: `GET /livez on 127.0.0.1, port ${PORT}: it answered 503\n` })
  t.match(received, [{ method: 'GET', url: '/livez' }])
})

t.test('without PORT it asks the default port', async (t) => {
  // The broadcast address, which no connection can be made to, so that it does not matter what runs on this machine.
  const { code, output } = await check({ HOST: '255.255.255.255', PORT: '' })
  t.equal(code, 1)
  t.match(output, /^GET \/livez on 255\.255\.255\.255, port 3000: E[A-Z]+\n$/)
})

t.test('a port that nobody listens on is unhealthy', async (t) => {
  const server = createServer()
  const { port: PORT } = new URL(await listen(t, server))
  await new Promise((resolve) => server.close(resolve))
  t.strictSame(await check({ HOST: '127.0.0.1', PORT }), { code: 1, output: `GET /livez on 127.0.0.1, port ${PORT}: ECONNREFUSED\n` })
})

t.test('a broker that hangs is unhealthy before the engine loses patience', async (t) => {
  const { url } = await socketUpstream(t, () => {})
  const { port: PORT } = new URL(url)
  t.strictSame(await check({ HOST: '127.0.0.1', PORT }), { code: 1, output: `GET /livez on 127.0.0.1, port ${PORT}: no answer within 3000 ms\n` })
})
