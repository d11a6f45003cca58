import type { Evidence } from './identity.js'

/** Every value of a header, one for each time that it came. Node itself keeps the first of some, and joins others. */
export function valuesOf ({ rawHeaders }: Pick<Evidence, 'rawHeaders'>, name: string): string[] {
  return rawHeaders.filter((_value, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name)
}

/** Whether a header came whose name is that one to whoever reads underscores as dashes, and to nobody else. */
export function hasUnderscoreTwin ({ rawHeaders }: Pick<Evidence, 'rawHeaders'>, name: string): boolean {
  return rawHeaders.some((twin, i) => i % 2 === 0 && twin.includes('_') && twin.replaceAll('_', '-').toLowerCase() === name)
}
