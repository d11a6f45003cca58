import closeWithGrace from 'close-with-grace'
import { setTimeout as delay } from 'node:timers/promises'
import { createApp } from './app.js'
import { ConfigError, describeConfig, readConfig, type Config } from './config.js'
import { Lifecycle } from './lifecycle.js'
import { createLogger } from './logger.js'

/*
 * The process: environment, configuration, app, listening, signals, exit code. With --check-config it says what it
 * would run with and stops.
 */

try {
  const config = readConfig(process.env)
  if (process.argv.includes('--check-config')) console.log(describeConfig(process.env).join('\n'))
  else await serve(config)
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function serve ({ server, log, upstream, ...config }: Config): Promise<void> {
  const logger = createLogger({ level: log.level, secrets: [upstream.apiKey] })
  const lifecycle = new Lifecycle()
  const app = await createApp({ server, log, upstream, ...config }, { logger, lifecycle })

  closeWithGrace({
    delay: server.shutdownDelayMs + server.shutdownTimeoutMs,
    logger,
  }, async ({ err, signal }) => {
    if (err !== undefined) logger.fatal({ err }, 'stopping after an error that nobody caught')
    else logger.info({ signal }, 'stopping')
    lifecycle.drain()
    await delay(server.shutdownDelayMs)
    await app.close()
    logger.info('stopped')
  })

  await app.listen({ host: server.host, port: server.port })
}
