/** nginx before the replicas, with `deploy/nginx.conf`. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fillIn } from './file.js'
import { type Program, startProgram } from './program.js'

const file = fileURLToPath(new URL('../../deploy/nginx.conf', import.meta.url))

/** Where it listens, and the ports of the two replicas. */
export interface NginxOptions {
  port: number
  replicas: readonly [number, number]
}

export async function startNginx ({ port, replicas: [first, second] }: NginxOptions): Promise<Program> {
  const directory = mkdtempSync(join(tmpdir(), 'vault-session-broker-'))
  // Its workers are somebody else where root has started it.
  chmodSync(directory, 0o711)
  const configuration = join(directory, 'nginx.conf')
  writeFileSync(configuration, fillIn(readFileSync(file, 'utf8'), [
    ['access_log /dev/stdout broker', 'access_log off'],
    ['/tmp/', `${directory}/`],
    ['listen 8080', `listen 127.0.0.1:${port}`],
    ['broker-1:3000', `127.0.0.1:${first}`],
    ['broker-2:3000', `127.0.0.1:${second}`],
  ]))
  const nginx = await startProgram('nginx', ['-p', directory, '-c', configuration, '-e', 'stderr', '-g', 'daemon off;'], port)
  return {
    exited: nginx.exited,
    async close () {
      await nginx.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
