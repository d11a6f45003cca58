/** `npm run example:form`, `npm run example:react`: starts the demo with an example, says where to look, stops on Ctrl-C. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import pretty from 'pino-pretty'
import { preferredPort as formPort } from './examples/plain-form.js'
import { folder, preferredPort as reactPort } from './examples/react.js'
import { startExample } from './examples/start.js'
import { preferredPorts } from './start.js'
import { untilStopped } from './until-stopped.js'

const name = process.argv[2]

try {
  if (name !== 'form' && name !== 'react') throw new Error('there are two examples: form and react')
  if (name === 'react' && !existsSync(`${folder}node_modules`)) await install()

  const stopped = untilStopped()
  const log = pretty({ singleLine: true, ignore: 'pid,hostname,service', translateTime: 'HH:MM:ss' })
  const example = await startExample(name, { ports: { ...preferredPorts, example: name === 'form' ? formPort : reactPort }, log, logLevel: 'warn' })

  process.stdout.write(`
  Sign in    ${example.demo.signInUrl}
  Then open  ${example.url}

  The vault speaks https with a certificate made a moment ago: your browser asks once whether to go on.
  Ctrl-C stops everything.

`)
  await stopped
  await example.close()
} catch (error) {
  process.stderr.write(`The example could not start: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

/** The packages of the React example, as its lockfile has them. */
async function install () {
  const [code] = await once(spawn('npm', ['ci'], { cwd: folder, stdio: 'inherit' }), 'exit')
  if (code !== 0) throw new Error('the packages of examples/react could not be installed')
}
