/** `npm run demo`: starts everything, says where to look, and stops on Ctrl-C. */
import { parseArgs } from 'node:util'
import pretty from 'pino-pretty'
import { ACME_CONSUMER } from './issuer/directory.js'
import { startDemo } from './start.js'
import { untilStopped } from './until-stopped.js'

const usage = `Usage: npm run demo -- [options]

  --consumer ID   the consumer of Acme Studio (acme); some make the stand-in for Apideck misbehave:
                  fail-402 (also 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504), slow-3000, silent
  --logs          show all of the broker's log, not just audit events, warnings and errors
  --help          show this
`

try {
  await run()
} catch (error) {
  process.stderr.write(`The demo could not start: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

async function run () {
  const { values: { consumer, logs, help } } = parseArgs({
    options: {
      consumer: { type: 'string', default: ACME_CONSUMER },
      logs: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (help) {
    process.stdout.write(usage)
    return
  }

  const stopped = untilStopped()
  const log = pretty({ singleLine: true, ignore: 'pid,hostname,service', translateTime: 'HH:MM:ss' })
  const demo = await startDemo({ consumer, log, logLevel: logs ? 'info' : 'warn' })

  process.stdout.write(`
  Open       ${demo.signInUrl}

             Ada Park works for Acme Studio. Noor Haddad works for Birch & Bay, and for Acme Studio too.

  Behind it  ${demo.broker.origin}   the broker, the real one
             ${demo.apideck.apiOrigin}   a stand-in for Apideck's API
             ${demo.apideck.vaultOrigin}  a stand-in for Apideck's vault
             ${demo.issuer.origin}   a stand-in for an OpenID provider

  The vault speaks https with a certificate made a moment ago: your browser asks once whether to go on.

  With curl  TOKEN=$(curl -s -d user=ada ${demo.issuer.origin}/token)
             curl -X POST -H "authorization: Bearer $TOKEN" ${demo.broker.origin}/vault-session

  Try also   npm run demo -- --consumer fail-402     Apideck refuses
             npm run demo -- --consumer slow-3000    Apideck takes its time
             npm run demo -- --logs                  all that the broker logs

  Ctrl-C stops everything.

`)

  const outcome = await Promise.race([stopped.then(() => undefined), demo.broker.exited])
  if (outcome !== undefined) {
    process.stderr.write(`The broker ended unexpectedly (${outcome}).\n`)
    process.exitCode = 1
  }
  await demo.close()
}
