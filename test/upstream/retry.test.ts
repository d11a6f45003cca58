import t from 'tap'
import type { Exchange } from '../../src/upstream/dispatcher.js'
import { createRetry } from '../../src/upstream/retry.js'

const answer = (status: number, headers: Record<string, string> = {}): Exchange => ({ status, headers, text: '' })
const broken = new Error('before an answer')
const late = new Error('within an answer')

/** Retries without waiting, and a deadline as far away as told. */
function setUp (leftMs = 10_000, random = 0) {
  const waits: number[] = []
  const retry = createRetry({
    isBeforeAnswer: (error) => error === broken,
    random: () => random,
    wait: async (ms) => { waits.push(ms) },
  })
  /** What comes of it, and how many exchanges there were. */
  async function run (...outcomes: Array<Exchange | Error>): Promise<[outcome: number | string, exchanges: number]> {
    let exchanges = 0
    const outcome = await retry(async () => {
      const next = outcomes[exchanges++]
      if (next === undefined || next instanceof Error) throw next
      return next
    }, { signal: new AbortController().signal, left: () => leftMs }).then(({ status }) => status, (error: Error) => error.message)
    return [outcome, exchanges]
  }
  return { run, waits }
}

for (const [what, outcomes, expected] of [
  ['a session', [answer(200)], [200, 1]],
  ...[400, 401, 402, 404, 408, 409, 422, 425, 429, 500, 501, 505, 507].map((status) => [`${status}`, [answer(status)], [status, 1]]),
  ...[502, 503, 504].map((status) => [`${status}, then a session`, [answer(status), answer(200)], [200, 2]]),
  ['503 twice', [answer(503), answer(503), answer(200)], [503, 2]],
  ['a connection that fails before an answer, then a session', [broken, answer(200)], [200, 2]],
  ['such a connection twice', [broken, broken, answer(200)], ['before an answer', 2]],
  ['a connection that fails within an answer', [late, answer(200)], ['within an answer', 1]],
] as Array<[string, Array<Exchange | Error>, [number | string, number]]>) {
  t.test(`${what}: ${expected[1] === 1 ? 'no retry' : 'one retry'}`, async (t) => {
    t.strictSame(await setUp().run(...outcomes), expected)
  })
}

t.test('the wait before a retry is jittered', async (t) => {
  for (const [random, ms] of [[0, 50], [0.5, 150], [1, 250]] as const) {
    const { run, waits } = setUp(10_000, random)
    await run(broken, answer(200))
    t.strictSame(waits, [ms])
  }
})

t.test('a Retry-After is waited for where the deadline leaves the time, and handed on where it does not', async (t) => {
  const patient = setUp(5_000)
  t.strictSame(await patient.run(answer(503, { 'retry-after': '2' }), answer(200)), [200, 2])
  t.strictSame(patient.waits, [2_050])
  t.strictSame(await patient.run(answer(503, { 'retry-after': '5' }), answer(200)), [503, 1])
})

t.test('there is no retry where the deadline leaves no time for it', async (t) => {
  t.strictSame(await setUp(149).run(broken, answer(200)), ['before an answer', 1])
})

t.test('retries are a tenth of the calls at most, beside the ten that may be saved up', async (t) => {
  const { run } = setUp()
  let exchanges = 0
  for (let i = 0; i < 1_000; i++) exchanges += (await run(answer(503), answer(503)))[1]
  t.ok(exchanges > 1_100 && exchanges <= 1_110, String(exchanges))
  for (let i = 0; i < 1_000; i++) await run(answer(200))
  let retries = 0
  for (let i = 0; i < 100; i++) retries += (await run(answer(503), answer(503)))[1] - 1
  t.ok(retries <= 20, `${retries}: a long calm saves up no more`)
})
