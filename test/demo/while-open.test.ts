import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { type Command, whileOpen } from '../../demo/while-open.js'

/** Says its process ID, and waits. */
const waiting: Command = ['/bin/sh', '-c', 'echo $$; exec sleep 60']

function start (command: Command) {
  const [program, ...args] = whileOpen(command)
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], env: {} })
  return { child, exited: once(child, 'exit') }
}

t.test('a program has the process ID that its parent knows', async (t) => {
  const { child, exited } = start(waiting)
  const [said] = await once(child.stdout, 'data') as [Buffer]
  t.equal(Number(said), child.pid)
  child.kill()
  t.strictSame(await exited, [null, 'SIGTERM'])
})

t.test('it ends with the standard input', async (t) => {
  const { child, exited } = start(waiting)
  await once(child.stdout, 'data')
  child.stdin.end()
  t.strictSame(await exited, [null, 'SIGTERM'])
})

t.test('it ends as it will, and nothing is left that holds the input', async (t) => {
  const { child, exited } = start(['/bin/sh', '-c', 'exit 3'])
  const closed = once(child, 'close')
  t.strictSame(await exited, [3, null])
  await closed
})

t.test('its arguments are its own', async (t) => {
  const { child } = start(['printf', '%s|', 'a b', '$$', '*'])
  const [said] = await once(child.stdout, 'data') as [Buffer]
  t.equal(String(said), 'a b|$$|*|')
})

t.test('is the command itself on Windows', async (t) => {
  t.strictSame(whileOpen(['node', 'a.js'], 'win32'), ['node', 'a.js'])
})
