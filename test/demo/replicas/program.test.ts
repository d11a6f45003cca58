import t from 'tap'
import { freePort } from '../../../demo/ports.js'
import { requirePrograms, startProgram } from '../../../demo/replicas/program.js'
import { without } from '../../helpers/programs.js'

const skip = without('nginx') || without('redis-server')

t.test('says which programs are missing, and what installs them', async (t) => {
  t.throws(() => requirePrograms(['nginx', 'redis-server'], () => false), {
    message: 'nginx and redis-server must be installed. On Debian: apt-get install --no-install-recommends nginx-light redis-server',
  })
  t.throws(() => requirePrograms(['nginx', 'redis-server'], (name) => name === 'nginx'), { message: /^redis-server must be installed\./ })
  requirePrograms(['nginx', 'redis-server'], () => true)
  if (skip === false) requirePrograms(['nginx', 'redis-server'])
})

t.test('a program that does not start says why', { skip: without('redis-server') }, async (t) => {
  const port = await freePort(0)
  await t.rejects(startProgram('redis-server', ['--port', 'none'], port), { message: /^redis-server ended \(\d+\): [^]*port/ })
})

t.test('a program that was started listens, and does no more once it is closed', { skip: without('redis-server') }, async (t) => {
  const port = await freePort(0)
  const redis = await startProgram('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], port)
  await redis.close()
  t.match(await redis.exited, /^\d+$/)
  t.equal(await freePort(port), port)
})
