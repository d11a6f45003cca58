import { createServer } from 'node:net'
import t from 'tap'
import { freePort } from '../../demo/ports.js'
import { listen } from '../helpers/upstream.js'

t.test('keeps to a port that is free', async (t) => {
  const port = await freePort(0)
  t.equal(await freePort(port), port)
})

t.test('takes another one for a port that is busy', async (t) => {
  const busy = Number(new URL(await listen(t, createServer())).port)
  t.not(await freePort(busy), busy)
})
