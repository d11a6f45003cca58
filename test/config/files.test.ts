import t from 'tap'
import { files } from '../../src/config/files.js'

t.test('a file is read as it is', async (t) => {
  const directory = t.testdir({ key: 'sk_live_1\n' })
  const faults: string[] = []
  t.equal(files.read('APIDECK_API_KEY_FILE', `${directory}/key`, faults), 'sk_live_1\n')
  t.strictSame(faults, [])
})

t.test('what cannot be read is a fault by the variable\'s name, without the path', async (t) => {
  const directory = t.testdir({ large: 'x'.repeat(65_537) })
  const faults: string[] = []
  for (const name of ['missing', 'large', '.', '../../../../../../../../dev/zero']) t.equal(files.read('X_FILE', `${directory}/${name}`, faults), undefined)
  t.strictSame(faults, [
    'X_FILE names a file that cannot be read (ENOENT)',
    'X_FILE names a file of more than 65536 bytes',
    'X_FILE names something that is not a file',
    'X_FILE names something that is not a file',
  ])
})
