import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { createSamples, watchEventLoop } from '../../src/plugins/event-loop.js'

const rows: Array<[what: string, samples: number[], lesser: number]> = [
  ['nothing was measured yet', [], 0],
  ['it has only just begun to wait', [0, 900], 0],
  ['it stood still once', [900, 0], 0],
  ['it waits for the second time in a row', [0, 900, 700], 700],
  ['it waited twice, and does not any more', [900, 700, 1], 1],
]
for (const [what, given, lesser] of rows) {
  t.test(`where ${what} it is the lesser of the last two: ${lesser} ms`, async (t) => {
    const samples = createSamples()
    for (const ms of given) samples.add(ms)
    t.equal(samples.lesser, lesser)
  })
}

t.test('work that lies waiting is measured while it does', async (t) => {
  const eventLoop = watchEventLoop(50)
  t.teardown(() => eventLoop.close())
  const blocking = setInterval(() => {
    const end = performance.now() + 100
    while (performance.now() < end);
  }, 1)
  while (eventLoop.delayMs < 20) await turn()
  clearInterval(blocking)
  while (eventLoop.delayMs >= 20) await turn()
})
