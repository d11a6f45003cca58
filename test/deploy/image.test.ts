import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { runScript } from '../helpers/script.js'

const SCRIPT = 'scripts/check-image.js'
const read = (file: string) => readFileSync(file, 'utf8')

/** Where no engine listens. */
const nowhere = { DOCKER_HOST: 'unix:///var/empty/docker.sock' }

t.test('without an engine the check says so in one line, and is content', async (t) => {
  t.strictSame(await runScript(SCRIPT, [], { variables: nowhere }), {
    code: 0,
    stdout: 'The image is not checked: no container engine answers `docker version`.\n',
    stderr: '',
  })
})

t.test('without an engine the check fails where one is required', async (t) => {
  t.match(await runScript(SCRIPT, [], { variables: { ...nowhere, REQUIRE_ENGINE: '1' } }), { code: 1, stdout: /^The image is not checked/ })
})

/** What an engine is told to withhold, each with its value. */
function withheld (options: string) {
  return Array.from(options.matchAll(/--(read-only|(?:cap-drop|security-opt|memory|pids-limit|stop-timeout) [\w-]+)/g), ([, option = '']) => option)
}

t.test('the check runs the image as README and compose.yaml do', async (t) => {
  const [, seconds = '', block = ''] = /STOP_TIMEOUT_S = (\d+)[^]*const hardening = \[([^]*?)\]/.exec(read(SCRIPT)) ?? []
  const checked = withheld(block.replace('String(STOP_TIMEOUT_S)', seconds).replaceAll(/[',\s]+/g, ' '))
  const [, command = ''] = /^docker run ([^]*?)```/m.exec(read('README.md')) ?? []
  const documented = withheld(command)
  t.not(documented.length, 0)
  for (const option of documented) t.ok(checked.includes(option), option)

  const { 'x-broker': broker } = parse(read('compose.yaml')) as { 'x-broker': Record<string, unknown> }
  t.strictSame(checked, [
    ...(broker['read_only'] === true ? ['read-only'] : []),
    `cap-drop ${String(broker['cap_drop'])}`,
    `security-opt ${String(broker['security_opt']).replace(':true', '')}`,
    `memory ${String(broker['mem_limit'])}`,
    `pids-limit ${String(broker['pids_limit'])}`,
    `stop-timeout ${String(broker['stop_grace_period']).replace(/s$/, '')}`,
  ])
})

t.test('what the image is built of runs on each platform, so that none is emulated', async (t) => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Record<string, unknown>> }
  const carried = Object.entries(packages).filter(([name, { dev }]) => name !== '' && dev !== true)
  t.not(carried.length, 0)
  for (const [name, entry] of carried) {
    for (const sign of ['os', 'cpu', 'libc', 'hasInstallScript', 'optional']) t.notOk(sign in entry, `${name}: ${sign}`)
  }

  const stages = read('Dockerfile').split(/^FROM /m).slice(1)
  t.notMatch(stages.at(-1), /^RUN /m, 'the image itself is made of copies')
  t.match(stages[0], /^--platform=\$\{BUILDPLATFORM:-[\w/]+\} /, 'all else is built where the builder is')
  t.notOk(stages.slice(1, -1).some((stage) => !stage.startsWith('dependencies ')))
})
