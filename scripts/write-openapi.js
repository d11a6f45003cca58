import { writeFileSync } from 'node:fs'
import { createApp } from '../dist/app.js'
import { readConfig } from '../dist/config.js'
import { createLogger } from '../dist/logger.js'

/* Writes openapi.json: the document of a broker whose callers have tokens, as `GET /openapi.json` answers with it. */

const config = readConfig({
  APIDECK_API_KEY: 'of-nobody',
  APIDECK_APP_ID: 'of-nobody',
  IDENTITY: 'jwt',
  JWT_ISSUER: 'https://127.0.0.1:1',
  JWT_AUDIENCE: 'broker',
})
const app = await createApp(config, { logger: createLogger({ level: 'silent', secrets: [] }) })
const answer = await app.inject('/openapi.json')
await app.close()
writeFileSync(new URL('../openapi.json', import.meta.url), `${JSON.stringify(answer.json(), null, 2)}\n`)
