/**
 * Starts all of the demo: the stand-in for Apideck, the sample product with the issuer that its users' tokens are from,
 * and between them the real broker.
 */
import { fileURLToPath } from 'node:url'
import { type Apideck, startApideck } from './apideck/apideck.js'
import { readAsset } from './assets.js'
import { type Broker, type BrokerOptions, startBroker } from './broker.js'
import { createDirectory } from './issuer/directory.js'
import { createIssuer } from './issuer/issuer.js'
import { AUDIENCE, CONSUMER_CLAIM, createTokens } from './issuer/tokens.js'
import { freePort } from './ports.js'
import { COOKIE } from './sample/cookie.js'
import { createSample } from './sample/sample.js'
import { PAGE, SIGN_IN } from './sample/session.js'

/** What the demo's broker tells the demo's Apideck; worth nothing anywhere else. */
export const DEMO_API_KEY = 'sk_demo_9f2c51d7a6b84e03'
const DEMO_APP_ID = 'demo-app-7Hq2'

const policyFile = fileURLToPath(new URL('../demo/policy.json', import.meta.url))

export const preferredPorts = { sample: 4000, broker: 3000, api: 4001, vault: 4002, issuer: 4003, frame: 4004 }

export interface DemoOptions {
  /** The consumer of Acme Studio: `fail-402`, `slow-3000` and others make the stand-in misbehave. */
  consumer?: string
  /** 0 takes a free port, and so does a port that is busy. */
  ports?: typeof preferredPorts
  /** Further origins whose pages may call the broker, and may be gone back to. */
  guests?: readonly string[]
  /** Where the broker's log lines go; without it they are dropped. */
  log?: NodeJS.WritableStream
  logLevel?: string
}

export interface Demo<B extends Broker = Broker> {
  /** The page with both ways into the vault, for those who are signed in. */
  url: string
  /** The page to open first. */
  signInUrl: string
  apideck: Apideck
  /** Where `POST /token` gives a token to whoever asks. */
  issuer: { origin: string }
  broker: B
  close: () => Promise<void>
}

export function startDemo (options: DemoOptions = {}): Promise<Demo> {
  return startDemoAround(startBroker, options)
}

/** The demo, with whatever starts as its broker. */
export async function startDemoAround<B extends Broker> (
  start: (options: BrokerOptions) => Promise<B>,
  { consumer, ports = preferredPorts, guests = [], log, logLevel = 'info' }: DemoOptions = {}
): Promise<Demo<B>> {
  const directory = createDirectory(consumer)
  const apideck = await startApideck({
    apiKey: DEMO_API_KEY,
    appId: DEMO_APP_ID,
    apiPort: await freePort(ports.api),
    vaultPort: await freePort(ports.vault),
    framePort: await freePort(ports.frame),
    uploads: new Map(['larkspur', ...directory.users.map(({ picture }) => picture)]
      .map((name) => [`${name}.svg`, readAsset(`sample/public/${name}`, 'svg').body])),
  })

  const [brokerPort, samplePort, issuerPort] = [await freePort(ports.broker), await freePort(ports.sample), await freePort(ports.issuer)]
  const origins = {
    sample: `http://localhost:${samplePort}`,
    broker: `http://localhost:${brokerPort}`,
    issuer: `http://localhost:${issuerPort}`,
    vault: apideck.vaultOrigin,
  }

  const tokens = await createTokens({ issuer: origins.issuer, directory, pictures: `${origins.vault}/uploads` })
  const issuer = createIssuer({ origin: origins.issuer, directory, tokens })
  const sample = createSample({ origins, directory, tokens })
  async function closeServers () {
    await Promise.all([sample.close(), issuer.close(), apideck.close()])
  }

  try {
    await issuer.listen({ host: '127.0.0.1', port: issuerPort })
    await sample.listen({ host: '127.0.0.1', port: samplePort })
    const broker = await start({
      port: brokerPort,
      environment: {
        APIDECK_API_KEY: DEMO_API_KEY,
        APIDECK_APP_ID: DEMO_APP_ID,
        APIDECK_BASE_URL: apideck.apiOrigin,
        IDENTITY: 'jwt',
        JWT_ISSUER: origins.issuer,
        JWT_AUDIENCE: AUDIENCE,
        JWT_CONSUMER_CLAIM: CONSUMER_CLAIM,
        JWT_COOKIE: COOKIE,
        LOG_LEVEL: logLevel,
        ALLOWED_ORIGINS: [origins.sample, ...guests].join(),
        ALLOWED_REDIRECT_URIS: [origins.sample, ...guests].join(),
        SESSION_POLICY_FILE: policyFile,
        VAULT_HOSTS: new URL(origins.vault).host,
      },
      ...(log && { log }),
    })
    return {
      url: origins.sample + PAGE,
      signInUrl: origins.sample + SIGN_IN,
      apideck,
      issuer: { origin: origins.issuer },
      broker,
      async close () {
        await broker.close()
        await closeServers()
      },
    }
  } catch (error) {
    await closeServers()
    throw error
  }
}
