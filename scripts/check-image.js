import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { API_KEY, APP_ID, CONSUMER_ID, SESSION_TOKEN, startApideck } from './image/apideck.js'
import { docker, filesOf, tidy } from './image/docker.js'

/*
 * Builds the image, runs it as README says, and holds it to what is said of it. It wants Docker on Linux: the broker
 * speaks http to its own machine alone, so it shares our network. Arguments are handed to `docker build`. Where no
 * engine answers it says so and is content, unless REQUIRE_ENGINE=1.
 */

const MEGABYTE = 1_000_000
/** The base has about 150 MB, ours is 40 MB. A larger base does not fit, and neither do the development's packages. */
const MAX_SIZE = 220 * MEGABYTE
/** Twice the health check's interval, and its timeout. */
const HEALTHY_WITHIN_MS = 25_000
const STOP_TIMEOUT_S = 15

const hardening = [
  '--read-only',
  '--cap-drop', 'ALL',
  '--security-opt', 'no-new-privileges',
  '--memory', '256m',
  '--pids-limit', '64',
  '--stop-timeout', String(STOP_TIMEOUT_S),
]

/** Shells, package managers, and what fetches more. */
const unwanted = /(?:^|\/)(?:ash|bash|busybox|dash|sh|apk|apt|apt-get|dpkg|npm|npx|yarn|corepack|curl|wget)$/
/** What may be in `/app`, beside packages. */
const ours = /^(?:LICENSE|package\.json|dist\/(?:[\w/-]+\.js|(?:[\w-]+\/)*)|node_modules\/.*)?$/

const name = `vault-session-broker-check-${process.pid}`

try {
  await docker('version')
} catch {
  console.log('The image is not checked: no container engine answers `docker version`.')
  process.exit(process.env.REQUIRE_ENGINE === '1' ? 1 : 0)
}

const apideck = await startApideck()
const port = await freePort()
const environment = Object.entries({
  APIDECK_API_KEY: API_KEY,
  APIDECK_APP_ID: APP_ID,
  APIDECK_BASE_URL: apideck.origin,
  APIDECK_CONSUMER_ID: CONSUMER_ID,
  IDENTITY: 'static',
  HOST: '127.0.0.1',
  PORT: port,
}).flatMap(([variable, value]) => ['--env', `${variable}=${value}`])

try {
  report('engine', await docker('version', '--format', '{{.Server.Version}}, {{.Server.Os}}/{{.Server.Arch}}'))
  await docker('build', '--quiet', '--tag', name, ...process.argv.slice(2), '.')
  report('size', await checkSize())
  report('contents', await checkContents())
  report('configuration', await checkConfiguration())
  await docker('run', '--detach', '--name', name, '--network', 'host', ...hardening, ...environment, name)
  report('health', await checkHealth())
  report('session', await checkSession())
  report('process', await checkProcess())
  report('file system', await checkFileSystem())
  report('memory', await docker('stats', '--no-stream', '--format', '{{.MemUsage}}', name))
  report('log', await checkLog())
  report('stop', await checkStop())
} catch (error) {
  console.error(`The check failed: ${error.message}`)
  process.exitCode = 1
} finally {
  apideck.close()
  await tidy(name, name)
}

async function checkSize () {
  const size = Number(await docker('image', 'inspect', '--format', '{{.Size}}', name))
  const told = `${(size / MEGABYTE).toFixed(1)} MB of at most ${MAX_SIZE / MEGABYTE} MB`
  hold(size > 0 && size <= MAX_SIZE, told)
  return told
}

/** Looks into a container that never ran, so that what is there is the image's. */
async function checkContents () {
  await docker('create', '--name', name, name)
  const files = await filesOf(name)
  await docker('rm', name)
  hold(files.includes('app/dist/server.js'), 'the broker is not in it')
  const strange = files.filter((file) => unwanted.test(file) || (file.startsWith('app/') && !ours.test(file.slice('app/'.length))))
  hold(strange.length === 0, `it holds ${strange.join(', ')}`)
  return 'no shell, no package manager; in /app the broker and its packages alone'
}

async function checkConfiguration () {
  const accepted = await docker('run', '--rm', ...hardening, '--network', 'none', ...environment, name, '--check-config')
  hold(!accepted.includes(API_KEY), '--check-config shows the API key')
  const refused = await docker('run', '--rm', ...hardening, '--network', 'none', name, '--check-config').catch((error) => error.message)
  hold(/APIDECK_API_KEY is required/.test(refused), `--check-config of nothing: ${refused}`)
  return '--check-config accepts the right one, and names what is missing'
}

async function checkHealth () {
  const begin = performance.now()
  let state = ''
  do {
    if (state !== '') await delay(200)
    state = await docker('inspect', '--format', '{{.State.Status}}, {{.State.Health.Status}}', name)
  } while (state === 'running, starting' && performance.now() - begin < HEALTHY_WITHIN_MS)
  hold(state === 'running, healthy', `${state}\n${await docker('logs', name)}`)
  return `${state} after ${seconds(begin)}`
}

async function checkSession () {
  const answer = await fetch(`http://127.0.0.1:${port}/vault-session`, { method: 'POST', signal: AbortSignal.timeout(5_000) })
  const { session_token: token, code = 'no token' } = await answer.json()
  hold(answer.status === 200 && token === SESSION_TOKEN, `POST /vault-session: ${answer.status}, ${code}`)
  return 'POST /vault-session: 200, with the token of Apideck'
}

/** Asks the kernel what process 1 is and may. */
async function checkProcess () {
  const status = await inside("fs.readFileSync('/proc/1/status', 'utf8')")
  for (const [field, value] of [['Uid', '65532'], ['Gid', '65532'], ['CapBnd', '0+'], ['CapEff', '0+'], ['NoNewPrivs', '1']]) {
    const line = new RegExp(`^${field}:.*$`, 'm').exec(status)?.[0] ?? `${field} is not told`
    hold(new RegExp(`^${field}:(?:\\s+${value})+$`).test(line), line)
  }
  return 'user and group 65532, no capabilities, no new privileges'
}

async function checkFileSystem () {
  const mounts = await inside("fs.readFileSync('/proc/1/mounts', 'utf8')")
  const [root = 'nothing is mounted at /'] = mounts.split('\n').filter((line) => line.split(' ')[1] === '/')
  hold(root.split(' ')[3]?.split(',').includes('ro'), root)
  return 'read-only'
}

async function checkLog () {
  const lines = (await docker('logs', name)).split('\n').map((line) => JSON.parse(line))
  hold(lines.some(({ event }) => event === 'session_minted'), 'the log does not tell of the session')
  hold(![API_KEY, SESSION_TOKEN].some((secret) => JSON.stringify(lines).includes(secret)), 'a secret is in the log')
  return `${lines.length} lines of JSON, no secret in them`
}

async function checkStop () {
  const begin = performance.now()
  await docker('stop', name)
  const took = performance.now() - begin
  const told = `exit code ${await docker('inspect', '--format', '{{.State.ExitCode}}', name)} after ${seconds(begin)}`
  hold(told.startsWith('exit code 0 ') && took < STOP_TIMEOUT_S * 1_000, told)
  return told
}

/** What an expression of JavaScript is within the container: there is nothing else to run in it. */
function inside (expression) {
  return docker('exec', name, '/nodejs/bin/node', '--print', expression)
}

/** A port that nobody has now: the health check must know it beforehand. */
async function freePort () {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  return port
}

function hold (isTrue, otherwise) {
  if (!isTrue) throw new Error(otherwise)
}

function seconds (begin) {
  return `${((performance.now() - begin) / 1_000).toFixed(1)} s`
}

function report (what, seen) {
  console.log(`${what.padEnd(14)} ${seen}`)
}
