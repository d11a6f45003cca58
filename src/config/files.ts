import { MAX_FILE_BYTES, nameOf, readSmallFileSync } from '../small-file.js'

/** Reads the files that variables name. */
export interface Files {
  /** The file's text, or `undefined` with a line in `faults` that names the variable. */
  read (variable: string, path: string, faults: string[]): string | undefined
}

/** The files of the machine. */
export const files: Files = {
  read (variable, path, faults) {
    try {
      return readSmallFileSync(path)
    } catch (error) {
      faults.push(`${variable} names ${describe(nameOf(error))}`)
    }
    return undefined
  },
}

function describe (failure: string): string {
  switch (failure) {
    case 'too_large': return `a file of more than ${MAX_FILE_BYTES} bytes`
    case 'not_a_file': return 'something that is not a file'
    default: return `a file that cannot be read (${failure})`
  }
}
