import t from 'tap'
import { send } from './helpers/broker.js'
import { environment } from './helpers/environment.js'
import { runServer, startServer } from './helpers/process.js'
import { TOKEN_CANARY, heldUpstream, httpUpstream, mintedBody, socketUpstream } from './helpers/upstream.js'

t.test('without an environment it does not start, and says all that is missing', async (t) => {
  t.strictSame(await runServer({}), {
    code: 1,
    stdout: '',
    stderr: 'APIDECK_API_KEY is required\nAPIDECK_APP_ID is required\nIDENTITY is required\n',
  })
})

t.test('--check-config says what it would run with, and does not run', async (t) => {
  const { code, stdout, stderr } = await runServer(environment, ['--check-config'])
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.match(stdout, /^APIDECK_API_KEY=set\nAPIDECK_APP_ID=app-1\n/)
  t.notMatch(stdout, /canary/)
})

t.test('--check-config ends with 1 where it would not start', async (t) => {
  const { code, stderr } = await runServer({ ...environment, PORT: 'x' }, ['--check-config'])
  t.match({ code, stderr }, { code: 1, stderr: 'PORT must be a whole number from 0 to 65535\n' })
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal} stops it with 0 after what is in flight has finished`, async (t) => {
    const upstream = await heldUpstream(t)
    const server = await startServer(t, { ...environment, APIDECK_BASE_URL: upstream.url, SHUTDOWN_DELAY_MS: '0' })
    const inFlight = send(`${server.url}/vault-session`, { method: 'POST' })
    const response = await upstream.next()
    await server.stop(signal)
    await server.closed()
    response.writeHead(200, { 'content-type': 'application/json' }).end(mintedBody())
    t.match(await inFlight, { status: 200, headers: { connection: 'close' } })
    t.equal(await server.exit, 0)
    t.match(server.output(), /"msg":"stopping"[^]*"msg":"stopped"/)
    t.notMatch(server.output(), /Metrics/, 'nothing is measured unasked')
  })
}

t.test('in the delay before it stops it serves on, and says that it is not ready', async (t) => {
  const { url } = await httpUpstream(t)
  const server = await startServer(t, { ...environment, APIDECK_BASE_URL: url, SHUTDOWN_DELAY_MS: '3000' })
  t.equal((await send(`${server.url}/readyz`)).status, 200)
  await server.stop('SIGTERM')
  t.match(await send(`${server.url}/readyz`), { status: 503, json: { code: 'shutting_down' } })
  t.equal((await send(`${server.url}/vault-session`, { method: 'POST' })).status, 200)
  t.equal(await server.exit, 0)
})

t.test('what does not finish in time is cut off, and the exit code says so', async (t) => {
  let arrived = () => {}
  const inFlight = new Promise<void>((resolve) => { arrived = resolve })
  const { url } = await socketUpstream(t, () => arrived())
  const server = await startServer(t, { ...environment, APIDECK_BASE_URL: url, SHUTDOWN_TIMEOUT_MS: '300' })
  const request = send(`${server.url}/vault-session`, { method: 'POST' }).catch((error: unknown) => error)
  await inFlight
  server.kill('SIGTERM')
  t.equal(await server.exit, 1)
  t.match(await request, { code: 'UND_ERR_SOCKET' })
  t.match(server.output(), /killed by timeout \(300ms\)/)
})

t.test('a second signal stops it at once', async (t) => {
  const { url } = await httpUpstream(t)
  const server = await startServer(t, { ...environment, APIDECK_BASE_URL: url, SHUTDOWN_DELAY_MS: '60000' })
  await server.stop('SIGTERM')
  server.kill('SIGTERM')
  t.equal(await server.exit, 1)
})

t.test('an error that nobody catches stops it at once with 1, and is logged without its secrets', async (t) => {
  const server = await startServer(t, { ...environment, SHUTDOWN_DELAY_MS: '60000' }, { preload: './test/helpers/fault-on-signal.ts' })
  server.kill('SIGWINCH')
  t.equal(await server.exit, 1)
  t.match(server.output(), /"level":"fatal"[^\n]*nobody catches this: https:\/\/vault\.apideck\.com\/session\/\[secret\][^\n]*"msg":"stopping after an error that nobody caught"/)
  t.notOk(server.output().includes(TOKEN_CANARY))
})

t.test('with METRICS_PORT it measures on a listener of its own, as long as it runs', async (t) => {
  const upstream = await heldUpstream(t)
  const server = await startServer(t, { ...environment, APIDECK_BASE_URL: upstream.url, METRICS_PORT: '0', SHUTDOWN_DELAY_MS: '0' })
  const metrics = /http:[^"]+/.exec(await server.line(/"msg":"Metrics listening at/))?.[0]
  const inFlight = send(`${server.url}/vault-session`, { method: 'POST' })
  const response = await upstream.next()
  await server.stop('SIGTERM')
  await server.closed()
  t.match(await send(`${metrics}/metrics`), { status: 200, text: /upstream_calls_in_flight 1\n/ })
  response.writeHead(200, { 'content-type': 'application/json' }).end(mintedBody())
  t.equal((await inFlight).status, 200)
  t.equal(await server.exit, 0)
})

t.test('a METRICS_PORT that is taken stops it with 1', async (t) => {
  const { url } = await httpUpstream(t)
  const { code, stdout } = await runServer({ ...environment, METRICS_PORT: new URL(url).port })
  t.equal(code, 1)
  t.match(stdout, /"failure":"EADDRINUSE","variable":"METRICS_PORT","msg":"cannot listen"/)
  t.notMatch(stdout, /Server listening/)
})

t.test('a port that is taken stops it with 1', async (t) => {
  const { url } = await httpUpstream(t)
  const { code, stdout, stderr } = await runServer({ ...environment, PORT: new URL(url).port })
  t.equal(code, 1)
  t.match(stdout, /"level":"fatal"[^]*"failure":"EADDRINUSE","variable":"PORT","msg":"cannot listen"/)
  t.notMatch(stdout + stderr, /"stack"|\n +at /, 'no stack')
})
