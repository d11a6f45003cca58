import { connect } from 'node:tls'
import t, { type Test } from 'tap'
import { freePort } from '../../demo/ports.js'
import { send } from '../helpers/broker.js'
import { environment } from '../helpers/environment.js'
import { GATEWAY_SECRET, HOST, nginx, startGateway, type Gateway } from '../helpers/gateway.js'
import { startLoad } from '../helpers/load.js'
import { startServer } from '../helpers/process.js'
import { without } from '../helpers/programs.js'
import { cookieOf, startSignIn } from '../helpers/sign-in.js'
import { httpUpstream, mint } from '../helpers/upstream.js'

/* nginx with its documented file before two replicas, each restarted in turn under load. */

const CLIENTS = 20

/** The second replica of the documented file, and what else is to stand there. */
function withReplica (address: string, ...others: Array<[documented: string, ours: string]>): Gateway {
  return {
    ...nginx,
    replacements: (around) => [...nginx.replacements(around), ['# server 127.0.0.1:3001', `server ${address}`], ...others],
  }
}

/** A replica at a port of its own, run anew each time. */
async function startReplica (t: Test, apideck: string) {
  const port = await freePort(0)
  const run = () => startServer(t, {
    ...environment,
    PORT: String(port),
    APIDECK_CONSUMER_ID: '',
    APIDECK_BASE_URL: apideck,
    IDENTITY: 'gateway',
    GATEWAY_SECRET,
    TRUSTED_PROXIES: '127.0.0.1',
    ALLOWED_ORIGINS: 'https://app.example.com',
    RATE_LIMIT_MAX: '1000000',
    SHUTDOWN_DELAY_MS: '1500',
  }, { program: 'dist/server.js' })
  let process = await run()
  return {
    address: `127.0.0.1:${port}`,
    url: process.url,
    /** Tells it to stop, or ends it, and resolves once its successor is ready and nginx has noticed. */
    async restart (signal: NodeJS.Signals = 'SIGTERM') {
      process.kill(signal)
      const code = await process.exit
      process = await run()
      t.equal((await send(`${process.url}/readyz`)).status, 200)
      await process.line(/"route":"\/vault-session","status":200/)
      return code
    },
  }
}

/** Everything there is, under load: clients of the gateway that keep their connections. */
async function startSite (t: Test, ...others: Array<[documented: string, ours: string]>) {
  const { url } = await httpUpstream(t, (request, response) => { setTimeout(mint, Math.random() * 20, request, response) })
  const [first, second] = [await startReplica(t, url), await startReplica(t, url)]
  const signIn = await startSignIn(t)
  const { port, cert, output } = await startGateway(t, withReplica(second.address, ...others), { broker: first.url, signIn: signIn.url })
  const load = startLoad(t, {
    connect: () => connect({ port, host: '127.0.0.1', servername: HOST, ca: cert }),
    request: `POST /vault-session HTTP/1.1\r\nHost: ${HOST}:${port}\r\nOrigin: https://app.example.com\r\n${cookieOf('acme').join(': ')}\r\nContent-Length: 0\r\n\r\n`,
    connections: CLIENTS,
    pauseMs: 50,
  })
  return { replicas: [first, second], load, output }
}

const rows: Array<[what: string, ...others: Array<[documented: string, ours: string]>]> = [
  ['as it is documented'],
  ['and a gateway that sends no request twice', ['proxy_next_upstream error timeout non_idempotent;', 'proxy_next_upstream error timeout;']],
]

for (const [what, ...others] of rows) {
  t.test(`a rolling restart of two replicas loses no request, ${what}`, { skip: without('nginx') }, async (t) => {
    const { replicas, load, output } = await startSite(t, ...others)
    await load.answers(100)
    for (const replica of replicas) {
      t.equal(await replica.restart(), 0)
      await load.answers(100)
    }
    const { sent, statuses, lost, refused } = await load.stop()
    t.match({ statuses, lost, refused }, { statuses: { 200: sent }, lost: 0, refused: 0 }, 'each is answered', { nginx: output() })
    t.comment(`${sent} requests`)
  })
}

t.test('a replica that is killed loses no request of those that came through nginx', { skip: without('nginx') }, async (t) => {
  const { replicas: [replica], load, output } = await startSite(t)
  await load.answers(100)
  t.equal(await replica?.restart('SIGKILL'), null)
  await load.answers(100)
  const { sent, statuses, lost, refused } = await load.stop()
  t.match({ statuses, lost, refused }, { statuses: { 200: sent }, lost: 0, refused: 0 }, 'each is answered', { nginx: output() })
})
