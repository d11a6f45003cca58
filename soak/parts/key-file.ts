import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A secret's file as Kubernetes mounts it: a link into a directory that a link is swapped to. */
export interface KeyFile {
  path: string
  /** Another content, all at once. */
  write (content: string): void
  /** Neither the file nor what it points to is there. */
  remove (): void
  /** A file beside it, for good. Returns its path. */
  keepBeside (name: string, content: string): string
  close (): void
}

export function createKeyFile (content: string): KeyFile {
  const directory = mkdtempSync(join(tmpdir(), 'soak-'))
  const data = join(directory, '..data')
  let version = 0

  const file: KeyFile = {
    path: join(directory, 'api-key'),
    write (content) {
      const name = `..version-${++version}`
      mkdirSync(join(directory, name))
      writeFileSync(join(directory, name, 'api-key'), content)
      symlinkSync(name, `${data}_tmp`)
      renameSync(`${data}_tmp`, data)
      rmSync(join(directory, `..version-${version - 1}`), { recursive: true, force: true })
    },
    remove: () => unlinkSync(data),
    keepBeside (name, content) {
      const path = join(directory, name)
      writeFileSync(path, content)
      return path
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  }
  file.write(content)
  symlinkSync(join('..data', 'api-key'), file.path)
  return file
}
