/** Starts all of the demo: the stand-in for Apideck, the sample page, and between them the real broker. */
import { type Apideck, startApideck } from './apideck/apideck.js'
import { readAsset } from './assets.js'
import { type Broker, startBroker } from './broker.js'
import { freePort } from './ports.js'
import { createSample } from './sample/sample.js'
import { PAGE } from './sample/session.js'

/** What the demo's broker tells the demo's Apideck; worth nothing anywhere else. */
export const DEMO_API_KEY = 'sk_demo_9f2c51d7a6b84e03'
const DEMO_APP_ID = 'demo-app-7Hq2'

export const preferredPorts = { sample: 4000, broker: 3000, api: 4001, vault: 4002 }

export interface DemoOptions {
  /** The consumer of every session: `fail-402`, `slow-3000` and others make the stand-in misbehave. */
  consumer?: string
  /** 0 takes a free port, and so does a port that is busy. */
  ports?: typeof preferredPorts
  /** Where the broker's log lines go; without it they are dropped. */
  log?: NodeJS.WritableStream
  logLevel?: string
}

export interface Demo {
  /** The page to open. */
  url: string
  apideck: Apideck
  broker: Broker
  close: () => Promise<void>
}

export async function startDemo ({ consumer = 'acme', ports = preferredPorts, log, logLevel = 'info' }: DemoOptions = {}): Promise<Demo> {
  const apideck = await startApideck({
    apiKey: DEMO_API_KEY,
    appId: DEMO_APP_ID,
    apiPort: await freePort(ports.api),
    vaultPort: await freePort(ports.vault),
    uploads: new Map(['larkspur', 'ada-park'].map((name) => [`${name}.svg`, readAsset(`sample/public/${name}`, 'svg').body])),
  })

  const brokerPort = await freePort(ports.broker)
  const samplePort = await freePort(ports.sample)
  const origins = {
    sample: `http://localhost:${samplePort}`,
    broker: `http://localhost:${brokerPort}`,
    vault: apideck.vaultOrigin,
  }
  const sample = createSample(origins)
  await sample.listen({ host: '127.0.0.1', port: samplePort })

  async function closeServers () {
    await Promise.all([sample.close(), apideck.close()])
  }

  try {
    const broker = await startBroker({
      port: brokerPort,
      environment: {
        APIDECK_API_KEY: DEMO_API_KEY,
        APIDECK_APP_ID: DEMO_APP_ID,
        APIDECK_BASE_URL: apideck.apiOrigin,
        APIDECK_CONSUMER_ID: consumer,
        IDENTITY: 'static',
        LOG_LEVEL: logLevel,
        ALLOWED_ORIGINS: origins.sample,
        ALLOWED_REDIRECT_URIS: origins.sample,
        VAULT_HOSTS: new URL(origins.vault).host,
      },
      ...(log && { log }),
    })
    return {
      url: origins.sample + PAGE,
      apideck,
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
