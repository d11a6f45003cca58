import { readFileSync } from 'node:fs'

const MAX_CHARACTERS = 65_536

/** Reads the files that variables name. */
export interface Files {
  /** The file's text, or `undefined` with a line in `faults` that names the variable. */
  read (variable: string, path: string, faults: string[]): string | undefined
}

/** The files of the machine. */
export const files: Files = {
  read (variable, path, faults) {
    try {
      const text = readFileSync(path, 'utf8')
      if (text.length <= MAX_CHARACTERS) return text
      faults.push(`${variable} names a file of more than ${MAX_CHARACTERS} characters`)
    } catch (error) {
      faults.push(`${variable} names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`)
    }
    return undefined
  },
}
