import type { Evidence } from './identity.js'

/** Every value of a header, one for each time that it came. Node itself keeps the first of some, and joins others. */
export function valuesOf ({ rawHeaders }: Pick<Evidence, 'rawHeaders'>, name: string): string[] {
  // By length first: hardly any other has that, and each is asked about several times a request.
  const isNamed = (as: string | undefined) => as?.length === name.length && as.toLowerCase() === name
  return rawHeaders.filter((_value, i) => i % 2 === 1 && isNamed(rawHeaders[i - 1]))
}

/** Whether a header came whose name is that one to whoever reads underscores as dashes, and to nobody else. */
export function hasUnderscoreTwin ({ rawHeaders }: Pick<Evidence, 'rawHeaders'>, name: string): boolean {
  return rawHeaders.some((twin, i) => i % 2 === 0 && twin.length === name.length && twin.includes('_') && twin.replaceAll('_', '-').toLowerCase() === name)
}
