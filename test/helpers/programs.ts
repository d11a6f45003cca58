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
