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
  if (process.argv.includes('--check-config')) console.log(describeConfig(process.env).join('\n'))
  else await serve(readConfig(process.env))
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function serve (config: Config): Promise<void> {
  const { host, port, shutdownDelayMs, shutdownTimeoutMs } = config.server
  const logger = createLogger({ level: config.log.level, secrets: [config.upstream.apiKey] })
  const lifecycle = new Lifecycle()
  const app = await createApp(config, { logger, lifecycle })

  const signals = closeWithGrace({ delay: shutdownDelayMs + shutdownTimeoutMs, logger }, async ({ err, signal }) => {
    lifecycle.drain()
    if (err === undefined) {
      logger.info({ signal }, 'stopping')
      await delay(shutdownDelayMs)
    } else {
      logger.fatal({ err }, 'stopping after an error that nobody caught')
    }
    await app.close()
    logger.info('stopped')
  })

  try {
    await app.listen({ host, port })
  } catch (error) {
    signals.uninstall()
    logger.fatal({ failure: (error as NodeJS.ErrnoException).code }, 'cannot listen at HOST and PORT')
    await app.close()
    process.exitCode = 1
  }
}
