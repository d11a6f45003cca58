import { setImmediate as turn } from 'node:timers/promises'
import { fastify, LogController } from 'fastify'
import t, { type Test } from 'tap'
import { createLogger } from '../../src/logger.js'
import { audit } from '../../src/plugins/audit.js'
import { pressure, type PressureOptions } from '../../src/plugins/pressure.js'
import { problems } from '../../src/plugins/problems.js'
import { telemetry } from '../../src/plugins/telemetry.js'
import type { LogLine } from '../helpers/broker.js'

/** An app with nothing but what the plugin stands on, a route for sessions and one for probes. */
async function setUp (t: Test, options: PressureOptions) {
  const lines: string[] = []
  const logger = createLogger({ level: 'info', secrets: [], destination: { write: (line) => { lines.push(line) } } })
  const app = fastify({ loggerInstance: logger, logController: new LogController({ disableRequestLogging: true }) })
  t.teardown(() => app.close())
  await app.register(telemetry)
  await app.register(problems)
  await app.register(audit, { log: logger })
  await app.register(pressure, options)
  app.post('/session', { config: { audited: true } }, async () => 'minted')
  app.get('/probe', async () => 'ok')
  return {
    app,
    ask: async () => (await app.inject({ method: 'POST', url: '/session' })).statusCode,
    log: () => lines.map((line) => JSON.parse(line) as LogLine),
  }
}

const SUMMARY = 'sessions refused under load'

t.test('while too many wait, sessions are refused at once, and nothing else is', async (t) => {
  let isFull = true
  const { app, ask } = await setUp(t, { isFull: () => isFull })
  const answer = await app.inject({ method: 'POST', url: '/session' })
  t.match(answer, { statusCode: 503, headers: { 'retry-after': '1', 'content-type': /problem\+json/ } })
  t.equal(answer.json<{ code: string }>().code, 'overloaded')
  t.equal((await app.inject('/probe')).statusCode, 200)
  isFull = false
  t.equal(await ask(), 200)
})

t.test('those that are refused leave one line in a while, which counts them, and no event', async (t) => {
  const { app, ask, log } = await setUp(t, { isFull: () => true, reportMs: 1 })
  for (let i = 0; i < 3; i++) await ask()
  while (!log().some(({ msg }) => msg === SUMMARY)) await turn()
  await ask()
  await app.close()
  const summaries = log().filter(({ msg }) => msg === SUMMARY)
  t.equal(summaries.reduce((sum, { refused }) => sum + Number(refused), 0), 4, 'what is left is told at the end')
  t.match(summaries, summaries.map(() => ({ level: 'warn' })))
  t.equal(log().length, summaries.length, 'and nothing else is said')
})

t.test('beyond two hundred in a tenth of a second each is held back, for less than a tenth of a second', async (t) => {
  let now = 1_000
  const held: number[] = []
  const { ask } = await setUp(t, { isFull: () => true, now: () => now, hold: async (ms) => held.push(ms) })
  for (let i = 0; i < 203; i++) t.equal(await ask(), 503)
  t.strictSame(held, [60, 60, 60])
  now += 100
  for (let i = 0; i < 200; i++) await ask()
  t.equal(held.length, 3)
})

t.test('while work lies waiting too long, sessions are refused, and taken again once it does not', async (t) => {
  const eventLoop = { delayMs: 500, close: () => {} }
  const { app, ask } = await setUp(t, { isFull: () => false, eventLoop })
  t.equal(await ask(), 200)
  eventLoop.delayMs = 501
  t.equal(await ask(), 503)
  t.equal((await app.inject('/probe')).statusCode, 200)
  eventLoop.delayMs = 0
  t.equal(await ask(), 200)
})
