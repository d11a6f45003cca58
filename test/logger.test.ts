import t from 'tap'
import { createLogger } from '../src/logger.js'
import { Secret } from '../src/secret.js'

function capture () {
  const lines: string[] = []
  const logger = createLogger({ level: 'info', secrets: [new Secret('sk_live_1')], destination: { write: (line) => { lines.push(line) } } })
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> }
}

t.test('a line is JSON with the level by name and the time in ISO 8601', async (t) => {
  const { logger, last } = capture()
  logger.warn({ status: 504 }, 'words')
  t.match(last(), { level: 'warn', time: /^\d{4}-\d\d-\d\dT/, service: 'vault-session-broker', status: 504, msg: 'words' })
})

t.test('a level under the one asked for is not written', async (t) => {
  const { logger, lines } = capture()
  logger.debug('words')
  t.strictSame(lines, [])
})

for (const name of ['authorization', 'cookie', 'set-cookie', 'session_uri', 'session_token', 'body', 'location']) {
  t.test(`a member named ${name} is taken out, however an object holds it`, async (t) => {
    const { logger, lines } = capture()
    logger.info({ [name]: 'canary', request: { [name]: 'canary', headers: { [name]: 'canary', deep: [{ deeper: { [name]: ['canary'] } }] } } })
    t.notMatch(lines.join(''), /canary/)
  })
}

t.test('a secret in a message is taken out by value', async (t) => {
  const { logger, lines } = capture()
  logger.error({ err: new Error('rejected sk_live_1') }, 'rejected sk_live_1')
  t.notMatch(lines.join(''), /sk_live_1/)
  t.match(lines.join(''), /rejected \[secret\]/)
})

t.test('an error is logged with its name, code, message and stack, and nothing that hangs on it', async (t) => {
  const { logger, last } = capture()
  const error = Object.assign(new TypeError('words'), { code: 'E_TEST', socket: { remoteAddress: '10.0.0.1' }, cause: new Error('inner') })
  logger.error({ err: error })
  t.strictSame(last()['err'], { type: 'TypeError', code: 'E_TEST', message: 'words', stack: error.stack })
  logger.error({ err: new Error('plain') })
  t.match(last()['err'], { type: 'Error', message: 'plain' })
})

t.test('what is thrown and is no error is logged as text', async (t) => {
  const { logger, last } = capture()
  logger.error({ error: 'just text' })
  t.strictSame(last()['error'], { message: 'just text' })
})

t.test('standard output is where lines go, unless told', async (t) => {
  t.equal(createLogger({ level: 'silent', secrets: [] }).level, 'silent')
})
