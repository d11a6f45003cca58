import t from 'tap'
import { Lifecycle } from '../src/lifecycle.js'

t.test('an instance serves, drains, closes, and never goes back', async (t) => {
  const lifecycle = new Lifecycle()
  t.match(lifecycle, { isReady: true, isClosing: false })
  lifecycle.drain()
  t.match(lifecycle, { isReady: false, isClosing: false })
  lifecycle.close()
  t.match(lifecycle, { isReady: false, isClosing: true })
  lifecycle.drain()
  t.match(lifecycle, { isReady: false, isClosing: true })
})
