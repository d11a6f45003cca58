/** Prometheus with the files of `deploy/prometheus`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { fillIn } from './file.js'
import { type Program, startProgram } from './program.js'

const folder = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url))

const POLL_MS = 50

/** Where it listens, the two addresses that it scrapes, and how often, as Prometheus writes it. */
export interface PrometheusOptions {
  port: number
  targets: readonly [string, string]
  every: string
}

export async function startPrometheus ({ port, targets: [first, second], every }: PrometheusOptions): Promise<Program> {
  const directory = mkdtempSync(join(tmpdir(), 'vault-session-broker-'))
  const configuration = join(directory, 'prometheus.yaml')
  writeFileSync(configuration, fillIn(readFileSync(join(folder, 'prometheus.yaml'), 'utf8'), [
    ['127.0.0.1:9464', first],
    ['127.0.0.1:9465', second],
    ['interval: 15s', `interval: ${every}`],
    ['- alerts.yaml', `- ${folder}alerts.yaml`],
  ]))
  const prometheus = await startProgram('prometheus', [
    `--config.file=${configuration}`, `--storage.tsdb.path=${join(directory, 'data')}`, `--web.listen-address=127.0.0.1:${port}`,
  ], port)
  // It listens before it answers.
  do await delay(POLL_MS)
  while (!(await fetch(`http://127.0.0.1:${port}/-/ready`)).ok)
  return {
    exited: prometheus.exited,
    async close () {
      await prometheus.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
