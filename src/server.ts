import closeWithGrace from 'close-with-grace'
import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { createApp } from './app.js'
import { describeConfig, readConfig, type Config, type ConfigError } from './config.js'
import { Lifecycle } from './lifecycle.js'
import { createLogger } from './logger.js'

/*
 * The process: environment, configuration, app, listening, signals, exit code. With --check-config it says what it
 * would run with and stops.
 */

const STDOUT = 1
const STDERR = 2

const config = configuration()
if (config !== undefined) await serve(config)

/** What to run with; nothing where it was only to be said, or where it cannot be run with. */
function configuration (): Config | undefined {
  try {
    if (!process.argv.includes('--check-config')) return readConfig(process.env)
    say(STDOUT, describeConfig(process.env).join('\n'))
  } catch (error) {
    say(STDERR, (error as ConfigError).message)
    process.exitCode = 1
  }
  return undefined
}

/** Tells it to whoever listens. Where nobody can, the exit code says enough. */
function say (output: number, text: string): void {
  try {
    writeSync(output, `${text}\n`)
  } catch {}
}

async function serve (config: Config): Promise<void> {
  const { host, port, shutdownDelayMs, shutdownTimeoutMs } = config.server
  const logger = createLogger({ level: config.log.level, secrets: config.log.secrets })
  const lifecycle = new Lifecycle()
  const app = await createApp(config, { logger, lifecycle })

  const signals = closeWithGrace({ delay: shutdownDelayMs + shutdownTimeoutMs, logger }, async (reason) => {
    lifecycle.drain()
    if ('err' in reason) await stopAfter(reason.err)
    logger.info({ signal: reason.signal }, 'stopping')
    await delay(shutdownDelayMs)
    await app.close()
    logger.info('stopped')
  })

  /** No delay: what else is broken, nobody knows. What is in flight has as long to finish as ever. */
  async function stopAfter (err: unknown): Promise<never> {
    logger.fatal({ err }, 'stopping after an error that nobody caught')
    await Promise.race([app.close().then(() => logger.info('stopped')), delay(shutdownTimeoutMs)])
    process.exit(1)
  }

  try {
    await app.listen({ host, port })
  } catch (error) {
    signals.uninstall()
    logger.fatal({ failure: (error as NodeJS.ErrnoException).code }, 'cannot listen at HOST and PORT')
    await app.close()
    process.exitCode = 1
  }
}
