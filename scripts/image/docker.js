import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Aborted where somebody stops us: then the command under way ends, and those after it do not begin. */
const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopped.abort(new Error(`stopped by ${signal}`)))

/** What `docker` says to these arguments on standard output; throws what it says on standard error. */
export async function docker (...args) {
  return output('docker', args)
}

/** The paths of all files that a container has, without their leading slash. */
export async function filesOf (container) {
  const list = await output('sh', ['-c', 'docker export "$0" | tar --list', container])
  return list.split('\n').map((file) => file.replace(/^\.?\//, ''))
}

/** Takes these containers and images away, in silence where there are none, and even where somebody stops us. */
export async function tidy (container, image) {
  await run('docker', ['rm', '--force', '--volumes', container]).catch(() => {})
  await run('docker', ['image', 'rm', '--force', image]).catch(() => {})
}

async function output (program, args) {
  try {
    const { stdout } = await run(program, args, { signal: stopped.signal, maxBuffer: 64 * 1024 * 1024 })
    return stdout.trimEnd()
  } catch (error) {
    stopped.signal.throwIfAborted()
    throw new Error(`${program} ${args[0]}: ${error.stderr?.trim() || error.message}`, { cause: error })
  }
}
