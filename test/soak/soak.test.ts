import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { promises } from '../../soak/breaches.js'
import { without } from '../helpers/programs.js'

/*
 * The soak itself, in short: it passes, and it notices each way in which a broker can break its promises. What is built
 * of the broker is what runs.
 */

/** Runs Node in an environment with nothing of ours in it: what it loads is no part of what these tests cover. */
const run = (args: string[]) => promisify(execFile)('env', ['-i', `PATH=${process.env['PATH']}`, process.execPath, ...args])

interface Report {
  passed: boolean
  requests: number
  clean_requests: number
  faults_switched: number
  breaches: Record<string, { count: number, told: string[] }>
}

/** Runs it to its end, and reads what it wrote. */
async function soak (args: string[]): Promise<{ code: number, output: string, report: Report }> {
  const directory = mkdtempSync(join(tmpdir(), 'soak-test-'))
  const file = join(directory, 'report.json')
  try {
    const { code, output } = await run(['dist-soak/main.js', '--json', file, ...args]).then(
      ({ stdout }) => ({ code: 0, output: stdout }),
      ({ code, stdout, stderr }: { code: number, stdout: string, stderr: string }) => ({ code, output: stdout + stderr }))
    return { code, output, report: JSON.parse(readFileSync(file, 'utf8')) as Report }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

t.before(() => run([createRequire(import.meta.url).resolve('typescript/bin/tsc'), '-p', 'soak/tsconfig.json']))

t.test('a short one passes', { skip: without('redis-server') }, async (t) => {
  const { code, output, report } = await soak(['--minutes', '0.2', '--rate', '100', '--seed', '1'])
  t.match({ code, report }, { code: 0, report: { passed: true } }, 'no promise is broken', { output })
  t.ok(report.requests > 1_000 && report.clean_requests > 100 && report.faults_switched > 5, 'there was load, and there were faults', { output })
})

t.test('a broken broker does not', { skip: without('redis-server') }, async (t) => {
  const breakages = ['heap', 'sockets', 'lost', 'late', 'wrong', 'stray', 'canaries', 'lines', 'output']
  const { code, output, report } = await soak(['--minutes', '0', '--seed', '1', ...breakages.flatMap((name) => ['--break', name])])
  t.equal(code, 1)
  for (const name of breakages) t.ok(report.breaches[name]?.count, name, { output })
  t.strictSame(Object.keys(report.breaches), Object.keys(promises))
})

t.test('it says what is wrong with its arguments', async (t) => {
  const { stdout, stderr } = await run(['dist-soak/main.js', '--minutes', 'x'])
    .catch((error: { stdout: string, stderr: string }) => error)
  t.strictSame({ stdout, stderr }, { stdout: '', stderr: 'The soak could not run: --minutes must be a number from 0 to 1440\n' })
})
