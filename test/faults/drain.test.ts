import { connect } from 'node:net'
import t from 'tap'
import { environment } from '../helpers/environment.js'
import { startLoad } from '../helpers/load.js'
import { startServer } from '../helpers/process.js'
import { httpUpstream, mint } from '../helpers/upstream.js'

/*
 * The process is told to stop under load. Its clients keep their connections, so at any moment some wait for an answer,
 * some are silent, and the requests of others are on their way.
 */

const REQUEST = 'POST /vault-session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'
const CONNECTIONS = 100

/** Most answers of the upstream come within 20 ms, one in fifty takes a second and a half. */
const slowly: typeof mint = (request, response) => {
  setTimeout(mint, Math.random() < 0.02 ? 1_500 : Math.random() * 20, request, response)
}

const rows: Array<[what: string, signal: NodeJS.Signals, variables: Record<string, string>]> = [
  ['without a delay', 'SIGTERM', {}],
  ['with a delay', 'SIGTERM', { SHUTDOWN_DELAY_MS: '500' }],
  ['from a terminal', 'SIGINT', {}],
]

for (const [what, signal, variables] of rows) {
  t.test(`told to stop under load, ${what}, it answers each request that was sent`, async (t) => {
    const { url } = await httpUpstream(t, slowly)
    const server = await startServer(t, {
      ...environment, APIDECK_BASE_URL: url, RATE_LIMIT_MAX: '1000000', UPSTREAM_CONNECTIONS: '256', ...variables,
    }, { program: 'dist/server.js' })
    const port = Number(new URL(server.url).port)
    const load = startLoad(t, { connect: () => connect(port, '127.0.0.1'), request: REQUEST, connections: CONNECTIONS, pauseMs: 100 })
    await load.answers(1_000)

    const started = performance.now()
    server.kill(signal)
    t.equal(await server.exit, 0, 'the deadline is not needed')
    t.ok(performance.now() - started < 9_000)
    const { sent, statuses, lost, told, closedIdle } = await load.stop()
    t.equal(lost, 0)
    t.strictSame(statuses, { 200: sent })
    t.ok(told >= CONNECTIONS, 'each connection was told that it closes')
    t.equal(closedIdle, 0, 'and none was closed without')
    t.match(server.output(), /"msg":"stopped"/)
  })
}
