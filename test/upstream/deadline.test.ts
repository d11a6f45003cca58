import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { withDeadline, type Deadline } from '../../src/upstream/deadline.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Ends as its signal does, and keeps no hold of it but by listening. */
async function endless ({ signal }: Deadline): Promise<never> {
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  throw signal.reason
}

t.test('a call that is done in time is as it would be without', async (t) => {
  t.equal(await withDeadline(1_000, undefined, async () => 'done'), 'done')
  await t.rejects(withDeadline(1_000, new AbortController().signal, async () => { throw new Error('its own') }), { message: 'its own' })
})

t.test('a call ends at its deadline, whatever is collected meanwhile', async (t) => {
  const calls = Array.from({ length: 20 }, () => withDeadline(50, new AbortController().signal, (deadline) => {
    setTimeout(collectGarbage, 10)
    return endless(deadline)
  }))
  for (const call of calls) await t.rejects(call, { name: 'TimeoutError' })
})

t.test('a call ends as whoever asked for it leaves, or has left', async (t) => {
  const leaving = new AbortController()
  const call = withDeadline(60_000, leaving.signal, endless)
  leaving.abort()
  await t.rejects(call, { name: 'AbortError' })
  await t.rejects(withDeadline(60_000, AbortSignal.abort(), endless), { name: 'AbortError' })
})

t.test('a call knows how long it has', async (t) => {
  const left = await withDeadline(60_000, undefined, async (deadline) => deadline.left())
  t.ok(left > 50_000 && left <= 60_000)
})
