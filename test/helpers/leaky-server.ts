import { createApp } from '../../src/app.js'
import { createLogger } from '../../src/logger.js'
import { testConfig } from './environment.js'
import { SESSION_URI, TOKEN, upstreamOf } from './upstream.js'

/*
 * A process that does all that a careless part could do with a secret: it throws errors that hold one, logs one in a
 * message, in an object and in an object's depth, and at last dies of one.
 */

const config = testConfig()
const key = config.upstream.apiKey.reveal()
const words = `${key} ${encodeURIComponent(key)} ${Buffer.from(key).toString('base64')} Bearer canary-authorization ${SESSION_URI} ${TOKEN} ?jwt=canary-query`
const logger = createLogger({ level: 'trace', secrets: config.log.secrets })

const app = await createApp(config, {
  logger,
  upstream: upstreamOf(async () => { throw Object.assign(new Error(words, { cause: words }), { token: words, headers: { authorization: words } }) }),
})
const { statusCode, body } = await app.inject({ method: 'POST', url: '/vault-session', headers: { cookie: 'canary-cookie' } })
console.log(`answered ${statusCode} ${body}`)

logger.info(words)
logger.info({ words }, 'a careless object')
logger.info({ request: { headers: { authorization: 'canary-opaque', cookie: 'canary-cookie' }, body: 'canary-body' } }, 'a careless depth')
logger.info({ session_token: 'canary-opaque', session_uri: 'canary-opaque', location: 'canary-opaque' }, 'a careless answer')
logger.info({ config }, 'a careless configuration')
logger.fatal({ err: new Error(words) }, 'stopping after an error that nobody caught')
await app.close()
