import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Why the tests that need a program are left out, where it is not installed; in CI they never are, they fail.
 * Debian keeps servers in `/usr/sbin`, which is not in everybody's PATH.
 */
export function without (program: string): string | false {
  const path = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return !path.some((directory) => existsSync(join(directory, program))) && !process.env['CI'] && `there is no ${program} here: install it`
}

/** Why the tests that need the packages of a folder of its own are left out, where they are not installed; in CI they fail. */
export function withoutPackages (folder: string): string | false {
  return !existsSync(join(folder, 'node_modules')) && !process.env['CI'] && `its packages are not installed: npm ci --prefix ${folder}`
}
