/** `npm run replicas`: the demo with two brokers behind nginx that share a Redis, until Ctrl-C. */
import pretty from 'pino-pretty'
import { startDemoAround } from '../start.js'
import { untilStopped } from '../until-stopped.js'
import { preferredPorts, startFront } from './front.js'
import { isInstalled, requirePrograms } from './program.js'

try {
  requirePrograms(['nginx', 'redis-server'])
  await run()
} catch (error) {
  process.stderr.write(`The replicas could not start: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

async function run () {
  const stopped = untilStopped()
  const log = pretty({ singleLine: true, ignore: 'pid,hostname,service', translateTime: 'HH:MM:ss' })
  const hasPrometheus = isInstalled('prometheus')
  const demo = await startDemoAround((broker) => startFront(broker, { ports: preferredPorts, hasPrometheus }), { log, logLevel: 'warn' })
  const { origin, replicas, redis, prometheus } = demo.broker
  const [first, second] = replicas

  process.stdout.write(`
  Open       ${demo.signInUrl}

  Behind it  ${origin}   nginx, before both brokers
             ${first.origin}   a broker, process ${first.pid}, metrics at http://${first.metrics}/metrics
             ${second.origin}   a broker, process ${second.pid}, metrics at http://${second.metrics}/metrics
             127.0.0.1:${redis.port}          Redis, in which they share their limits
             ${prometheus === undefined ? 'No Prometheus: it is not installed.' : `${prometheus}   Prometheus, with the alerts of deploy/prometheus`}

  With curl  TOKEN=$(curl -s -d user=ada ${demo.issuer.origin}/token)
             curl -i -X POST -H "authorization: Bearer $TOKEN" ${origin}/vault-session

  Try also   that again, and ratelimit counts down whichever broker answers
             kill -9 ${first.pid}     no request is lost: nginx asks the other
             redis-cli -p ${redis.port} shutdown     sessions go on, counted in each broker's memory

  Ctrl-C stops everything.

`)

  for (const { pid, exited } of replicas) {
    exited.then((outcome) => process.stderr.write(`Process ${pid} has ended (${outcome}).\n`), () => {})
  }
  const outcome = await Promise.race([stopped.then(() => undefined), demo.broker.exited])
  if (outcome !== undefined) {
    process.stderr.write(`nginx ended unexpectedly (${outcome}).\n`)
    process.exitCode = 1
  }
  await demo.close()
}
