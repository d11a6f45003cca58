import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { freePort } from '../../demo/ports.js'

/** A real Redis on a port of its own that can be stopped, frozen and started again in mid-test. Killed with the test. */
export async function startRedis (t: Test, args: string[] = []) {
  const port = await freePort(0)
  let child: ChildProcess | undefined

  async function start () {
    const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no', ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
    child = server
    for await (const line of createInterface(server.stdout)) {
      if (line.includes('Ready to accept connections')) break
    }
    server.stdout.resume()
  }

  async function stop () {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  t.teardown(stop)
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    stop,
    /** It keeps its connections, and says nothing on them. */
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    /** Sends a command in the inline form that may not be answered for long. */
    tell: (command: string) => {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      t.teardown(() => socket.destroy())
      socket.write(`${command}\r\n`)
    },
    /** Sends one command in the inline form, and reads the start of the answer. */
    ask: async (command: string) => {
      const socket = connect(port, '127.0.0.1')
      socket.write(`${command}\r\n`)
      const [answer] = await once(socket, 'data') as [Buffer]
      socket.destroy()
      return answer.toString()
    },
  }
}
