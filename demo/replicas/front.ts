/** Two brokers that share their limits in a Redis, and nginx before them: to the rest of the demo, a broker. */
import { type Broker, type BrokerOptions, startBroker } from '../broker.js'
import { freePort } from '../ports.js'
import { startNginx } from './nginx.js'
import type { Program } from './program.js'
import { startPrometheus } from './prometheus.js'
import { startRedis } from './redis.js'

export const preferredPorts = { first: 3001, second: 3002, firstMetrics: 9464, secondMetrics: 9465, redis: 6380, prometheus: 9090 }

/** One of the two. */
export interface Replica extends Broker {
  /** Where its metrics are. */
  metrics: string
}

/** All of it. `exited` is nginx's. */
export interface Front extends Broker {
  replicas: readonly [Replica, Replica]
  redis: Program & { port: number }
  /** Where Prometheus is, if that runs too. */
  prometheus: string | undefined
}

/** Ports, of which 0 takes a free one, and whether Prometheus is to run. */
export interface FrontOptions {
  ports: typeof preferredPorts
  hasPrometheus: boolean
}

/** Longer than nginx leaves a replica alone, in milliseconds. */
const SHUTDOWN_DELAY_MS = 1_500

/** Starts all of it; where one part does not, ends the others. */
export async function startFront ({ port, environment, log }: BrokerOptions, { ports, hasPrometheus }: FrontOptions): Promise<Front> {
  const running: Array<{ close: () => Promise<void> }> = []
  async function started<T extends { close: () => Promise<void> }> (starting: Promise<T>): Promise<T> {
    const part = await starting
    running.unshift(part)
    return part
  }
  /** What came last goes first: nobody is asked for what is no longer there. */
  async function close () {
    for (const part of running) await part.close()
  }

  const redisPort = await freePort(ports.redis)
  async function startReplica (preferred: number, preferredMetrics: number): Promise<Replica & { port: number }> {
    const [port, metricsPort] = [await freePort(preferred), await freePort(preferredMetrics)]
    const broker = await started(startBroker({
      port,
      environment: {
        ...environment,
        REDIS_URL: `redis://127.0.0.1:${redisPort}`,
        METRICS_PORT: String(metricsPort),
        TRUSTED_PROXIES: '127.0.0.1',
        SHUTDOWN_DELAY_MS: String(SHUTDOWN_DELAY_MS),
      },
      ...(log && { log }),
    }))
    return { ...broker, port, metrics: `127.0.0.1:${metricsPort}` }
  }

  try {
    const redis = await started(startRedis(redisPort))
    const [first, second] = [await startReplica(ports.first, ports.firstMetrics), await startReplica(ports.second, ports.secondMetrics)]
    const nginx = await started(startNginx({ port, replicas: [first.port, second.port] }))
    const prometheusPort = hasPrometheus ? await freePort(ports.prometheus) : undefined
    if (prometheusPort !== undefined) await started(startPrometheus({ port: prometheusPort, targets: [first.metrics, second.metrics], every: '5s' }))
    return {
      origin: `http://localhost:${port}`,
      pid: undefined,
      exited: nginx.exited,
      close,
      replicas: [first, second],
      redis: { ...redis, port: redisPort },
      prometheus: prometheusPort === undefined ? undefined : `http://localhost:${prometheusPort}`,
    }
  } catch (error) {
    await close()
    throw error
  }
}
