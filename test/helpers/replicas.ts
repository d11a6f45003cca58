import { connect } from 'node:tls'
import type { Test } from 'tap'
import { freePort } from '../../demo/ports.js'
import type { Replacement } from '../../demo/replicas/file.js'
import { send } from './broker.js'
import { environment } from './environment.js'
import { GATEWAY_SECRET, HOST, nginx, startGateway, type Ask, type Gateway } from './gateway.js'
import { startLoad } from './load.js'
import { startServer } from './process.js'
import { cookieOf, startSignIn } from './sign-in.js'

/* nginx with its documented file before two replicas, each a process of its own. */

const fromApp: [string, string] = ['Origin', 'https://app.example.com']

/** The second replica of the documented file, and what else is to stand there. */
function withReplica (address: string, others: readonly Replacement[]): Gateway {
  return {
    ...nginx,
    replacements: (around) => [...nginx.replacements(around), ['# server 127.0.0.1:3001', `server ${address}`], ...others],
  }
}

/** A replica at a port of its own, run anew each time. */
async function startReplica (t: Test, variables: Record<string, string>) {
  const port = await freePort(0)
  const run = () => startServer(t, {
    ...environment,
    PORT: String(port),
    APIDECK_CONSUMER_ID: '',
    IDENTITY: 'gateway',
    GATEWAY_SECRET,
    TRUSTED_PROXIES: '127.0.0.1',
    ALLOWED_ORIGINS: fromApp[1],
    RATE_LIMIT_MAX: '1000000',
    SHUTDOWN_DELAY_MS: '1500',
    ...variables,
  }, { program: 'dist/server.js' })
  let process = await run()
  return {
    address: `127.0.0.1:${port}`,
    url: process.url,
    /** Everything that the process of now has logged. */
    log: () => process.output().split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>),
    /** Resolves to a line like that, as it is written or where it already stands. */
    line: (pattern: RegExp) => process.line(pattern),
    /** Ends it, with nobody in its place. */
    async kill () {
      process.kill('SIGKILL')
      await process.exit
    },
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

/** What each replica runs with, and what stands in nginx's file in place of what is documented. */
export interface SiteOptions {
  variables: readonly [Record<string, string>, Record<string, string>]
  others?: readonly Replacement[]
}

export async function startSite (t: Test, { variables: [ofFirst, ofSecond], others = [] }: SiteOptions) {
  const [first, second] = [await startReplica(t, ofFirst), await startReplica(t, ofSecond)]
  const signIn = await startSignIn(t)
  const { port, cert, output, ask } = await startGateway(t, withReplica(second.address, others), { broker: first.url, signIn: signIn.url })
  return {
    replicas: [first, second] as const,
    /** What nginx has said. */
    output,
    /** One request for a session of a consumer, through nginx. */
    ask: (consumer: string, rest: Omit<Ask, 'headers'> = {}) => ask({ ...rest, headers: [fromApp, cookieOf(consumer)] }),
    /** Clients that ask for sessions of one consumer, through nginx, on connections that they keep. */
    load: (connections: number) => startLoad(t, {
      connect: () => connect({ port, host: '127.0.0.1', servername: HOST, ca: cert }),
      request: `POST /vault-session HTTP/1.1\r\nHost: ${HOST}:${port}\r\n${fromApp.join(': ')}\r\n${cookieOf('acme').join(': ')}\r\nContent-Length: 0\r\n\r\n`,
      connections,
      pauseMs: 50,
    }),
  }
}
