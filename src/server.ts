import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
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
  const { host, port, metricsPort, shutdownDelayMs, shutdownTimeoutMs } = config.server
  const logger = createLogger({ level: config.log.level, secrets: config.log.secrets })
  const lifecycle = new Lifecycle()
  // Loaded where it is asked for alone.
  const measuring = metricsPort === undefined ? undefined : await (await import('./metrics-app.js')).createMeasuring(logger)
  const app = await createApp(config, { logger, lifecycle, metrics: measuring?.metrics })

  const signals = closeWithGrace({ delay: shutdownDelayMs + shutdownTimeoutMs, logger }, async (reason) => {
    lifecycle.drain()
    if ('err' in reason) await stopAfter(reason.err)
    logger.info({ signal: reason.signal }, 'stopping')
    await delay(shutdownDelayMs)
    await close()
    logger.info('stopped')
  })

  /** No delay: what else is broken, nobody knows. What is in flight has as long to finish as ever. */
  async function stopAfter (err: unknown): Promise<never> {
    logger.fatal({ err }, 'stopping after an error that nobody caught')
    await Promise.race([close().then(() => logger.info('stopped')), delay(shutdownTimeoutMs)])
    process.exit(1)
  }

  /** Measured to the end. */
  async function close (): Promise<void> {
    await app.close()
    await measuring?.app.close()
  }

  async function listen (app: FastifyInstance, port: number, variable: string, what: string): Promise<void> {
    try {
      await app.listen({ host, port, listenTextResolver: (address) => `${what} listening at ${address}` })
    } catch (error) {
      logger.fatal({ failure: (error as NodeJS.ErrnoException).code, variable }, 'cannot listen')
      throw error
    }
  }

  try {
    if (measuring !== undefined && metricsPort !== undefined) await listen(measuring.app, metricsPort, 'METRICS_PORT', 'Metrics')
    await listen(app, port, 'PORT', 'Server')
  } catch {
    signals.uninstall()
    await close()
    process.exitCode = 1
  }
}
