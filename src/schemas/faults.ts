import type { ErrorObject } from 'ajv'
import type { ProblemFault } from './problem.js'

/** At most so many faults are listed; a body can hold thousands. */
const MAX_FAULTS = 20

/** A longer property name is not repeated back. */
const MAX_NAME_LENGTH = 64

interface Described { 'x-expected'?: string, properties?: Record<string, unknown> }

/**
 * What a validator found, in our words: one fault a place, in the body's order, none of them holding a value.
 * Needs errors made with `verbose`, since the expectation stands in the schema.
 */
export function describeFaults (errors: readonly ErrorObject[]): ProblemFault[] {
  const faults = new Map<string, string>()
  for (const error of errors) {
    const { pointer, message } = describe(error)
    if (!faults.has(pointer)) faults.set(pointer, message)
    if (faults.size === MAX_FAULTS) break
  }
  return Array.from(faults, ([pointer, message]) => ({ pointer, message }))
}

function describe (error: ErrorObject): ProblemFault {
  const schema = (error.parentSchema ?? {}) as Described
  if (error.keyword === 'additionalProperties') {
    return describeUnknown(error.instancePath, String(error.params['additionalProperty']), Object.keys(schema.properties ?? {}))
  }
  return { pointer: error.instancePath, message: `must be ${schema['x-expected'] ?? 'something else'}` }
}

function describeUnknown (parent: string, name: string, known: readonly string[]): ProblemFault {
  if (name.length > MAX_NAME_LENGTH) return { pointer: parent, message: 'has a property that is not known here' }
  const hint = known.find((candidate) => spelling(candidate) === spelling(name))
  return {
    pointer: `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    message: hint === undefined ? 'is not a known property' : `is not a known property; did you mean ${hint}?`,
  }
}

/** What is left of a name once case and word breaks are dropped: `redirectUri` and `redirect_uri` are spelt alike. */
function spelling (name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase()
}
