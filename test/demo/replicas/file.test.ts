import t from 'tap'
import { fillIn } from '../../../demo/replicas/file.js'

t.test('puts ours in the place of what is written, everywhere', async (t) => {
  t.equal(fillIn('listen 8080; # 8080', [['8080', '3000'], ['listen', 'listens']]), 'listens 3000; # 3000')
})

t.test('refuses a file that does not say what is to be replaced', async (t) => {
  t.throws(() => fillIn('listen 8080', [['8081', '3000']]), { message: 'the file does not say 8081' })
})
