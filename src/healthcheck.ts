import { get } from 'node:http'
import { EnvironmentSchema } from './schemas/environment.js'

/*
 * The image's health check: exits with 0 if the broker beside it answers, with 1 and a line if not. It takes the
 * address as it stands in the environment, since the broker would not have started with a bad one, and reads no more
 * than that: a secret's file that is just being replaced must not make a broker unhealthy that serves.
 */

const TIMEOUT_MS = 3_000

const { HOST, PORT } = EnvironmentSchema.properties
// On Linux, a connection to 0.0.0.0 or :: is one to loopback.
const host = process.env['HOST'] || HOST.default
const port = process.env['PORT'] || PORT.default

// Not fetch, which refuses some ports; and an agent of its own, so that a proxy in the environment has no part in it.
get({ host, port, path: '/livez', agent: false }, ({ statusCode }) => statusCode === 200 ? process.exit(0) : fail(`it answered ${statusCode}`))
  .on('error', (error: NodeJS.ErrnoException) => fail(String(error.code)))
setTimeout(fail, TIMEOUT_MS, `no answer within ${TIMEOUT_MS} ms`)

function fail (reason: string): never {
  console.error(`GET /livez on ${host}, port ${port}: ${reason}`)
  process.exit(1)
}
