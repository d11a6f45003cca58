import { appendFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Breaches } from '../breaches.js'
import { newKey } from '../faults/secrets.js'
import { heldUp } from '../faults/held-up.js'
import { Ledger } from '../ledger.js'
import { createCallers } from '../load/callers.js'
import { COOKIE, ORIGIN } from '../load/kinds.js'
import { createLoad } from '../load/load.js'
import { Log } from '../log.js'
import type { Options } from '../options.js'
import { watchNoise } from '../noise.js'
import { createRandom } from '../random.js'
import { Weather } from '../weather.js'
import { startApideck } from './apideck.js'
import { createReplica } from './broker.js'
import { createCertificates } from './certificates.js'
import { AUDIENCE, CONSUMER_CLAIM, startIssuer } from './issuer.js'
import { createKeyFile } from './key-file.js'
import type { Parts } from './parts.js'
import { freePort } from './ports.js'
import { startRedis } from './redis.js'

/** Everything that runs, what is known of it, and how it ends. */
export interface Stage {
  parts: Parts
  weather: Weather
  log: Log
  /** Stops the brokers in good order, so that all of their log has been read. */
  stopBrokers (): Promise<void>
  /** Ends whatever still runs. */
  close (): Promise<void>
}

const policy = {
  session: { theme: { primary_color: '#286efa' } },
  caller_fields: ['theme', 'redirect_uri', 'settings.unified_apis', 'settings.session_length', 'custom_consumer_settings'],
  max_session_length: '12h',
  consumer_metadata_claims: { user_name: 'name', email: 'email' },
}

/** Starts all parts: two brokers with everything on, real Redis, and stand-ins for Apideck and the issuer. */
export async function startStage ({ rate, seed, breakages, log: logFile }: Options): Promise<Stage> {
  const breaches = new Breaches()
  const weather = new Weather()
  const ledger = new Ledger(breaches, weather)
  const log = new Log(breaches, ledger)
  const key = newKey(createRandom(seed, 'first key'))
  const certificates = await createCertificates()
  const [apideck, issuer, redis] = [await startApideck(certificates), await startIssuer(), await startRedis()]
  apideck.keys.add(key)
  apideck.onCall = (call) => ledger.called(call)
  const keyFile = createKeyFile(key)

  const environment = {
    PATH: process.env['PATH'] ?? '',
    NODE_EXTRA_CA_CERTS: keyFile.keepBeside('authority.pem', certificates.authority),
    APIDECK_API_KEY_FILE: keyFile.path,
    APIDECK_APP_ID: 'soak-app',
    APIDECK_BASE_URL: apideck.url,
    UPSTREAM_TIMEOUT_MS: '2000',
    IDENTITY: 'jwt',
    JWT_ISSUER: issuer.url,
    JWT_AUDIENCE: AUDIENCE,
    JWT_CONSUMER_CLAIM: CONSUMER_CLAIM,
    JWT_COOKIE: COOKIE,
    TRUSTED_PROXIES: '127.0.0.1',
    ALLOWED_ORIGINS: ORIGIN,
    ALLOWED_REDIRECT_URIS: ORIGIN,
    SESSION_POLICY_FILE: keyFile.keepBeside('policy.json', JSON.stringify(policy)),
    // Nobody meets a limit; each request is counted.
    RATE_LIMIT_MAX: '1000000',
    REDIS_URL: redis.url,
    SHUTDOWN_DELAY_MS: '500',
    SOAK_BREAK: breakages.join(','),
  }
  const preload = breakages.length === 0 ? undefined : new URL('../sabotage.js', import.meta.url).href
  if (logFile !== undefined) writeFileSync(logFile, '')
  const onLine = (line: string, isError: boolean) => {
    log.read(line, isError)
    if (logFile !== undefined) appendFileSync(logFile, `${line}\n`)
  }
  const steady = createReplica({ name: 'steady', port: await freePort(), environment, preload, onLine })
  const restarted = createReplica({ name: 'restarted', port: await freePort(), environment, preload, onLine })

  const callers = await createCallers(issuer)
  const load = createLoad({
    rate,
    replicas: [steady, restarted],
    callers,
    ledger,
    breaches,
    random: createRandom(seed, 'load'),
    onHeldUp: (ms) => weather.end(weather.begin(heldUp, performance.now() - ms)),
  })

  function kill (): void {
    steady.kill()
    restarted.kill()
    redis.abandon()
    keyFile.close()
  }
  // Whatever ends us, nothing that we started runs on.
  process.once('exit', kill)

  const judging = setInterval(() => ledger.judge(), 500)
  let stopWatching = () => {}
  async function close (): Promise<void> {
    stopWatching()
    clearInterval(judging)
    kill()
    await Promise.all([apideck.close(), issuer.close(), redis.kill()])
  }

  try {
    await Promise.all([steady.start(), restarted.start()])
    stopWatching = watchNoise([steady, restarted], weather)
  } catch (error) {
    await close()
    throw error
  }
  return {
    parts: { apideck, issuer, redis, keyFile, callers, steady, restarted, load, ledger, breaches },
    weather,
    log,
    async stopBrokers () {
      for (const replica of [steady, restarted]) {
        const code = await Promise.race([replica.stop(), delay(20_000, 'still running', { ref: false })])
        if (code !== '0') breaches.add('process', `the ${replica.name} replica was told to stop: ${code}`)
      }
    },
    close,
  }
}
