import t from 'tap'
import { createHttpApp } from '../src/http-app.js'
import { createLogger } from '../src/logger.js'
import { Connections } from '../src/plugins/connections.js'
import { send, type LogLine } from './helpers/broker.js'

t.test('whatever a route throws is a problem, and one line that knows what its caller is not told', async (t) => {
  const lines: string[] = []
  const logger = createLogger({ level: 'info', secrets: [], destination: { write: (line) => { lines.push(line) } } })
  const app = await createHttpApp({ logger, connections: new Connections(), isTrusted: () => false })
  t.teardown(() => app.close())
  app.get('/', async () => { throw new Error('its own words') })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const answer = await send(url, { headers: { 'x-request-id': 'chosen' } })
  t.match(answer, { status: 500, json: { code: 'internal_error' } })
  t.notMatch(answer.text, /its own words|chosen/, 'and nobody untrusted chooses the ID of a request')
  t.match(lines.map((line) => JSON.parse(line) as LogLine).filter(({ code }) => code !== undefined), [{ status: 500, code: 'internal_error', level: 'error' }])
})
