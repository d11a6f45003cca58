import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A volume as the kubelet makes it: `key` leads to `..data/key`, and `..data` to a directory of its own for each
 * version, which is swapped by renaming a link over it and then taken away.
 */
export function secretVolume (directory: string, value: string) {
  let version = ''

  function swap (value: string): void {
    const former = version
    version = mkdtempSync(join(directory, '..2025_'))
    writeFileSync(join(version, 'key'), value)
    symlinkSync(version, join(directory, '..data_tmp'))
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'))
    if (former !== '') rmSync(former, { recursive: true })
  }

  mkdirSync(directory, { recursive: true })
  swap(value)
  symlinkSync(join('..data', 'key'), join(directory, 'key'))
  return { path: join(directory, 'key'), swap }
}
