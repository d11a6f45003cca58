import type { TSchema } from '@sinclair/typebox'
import { Ajv, type ErrorObject } from 'ajv'
import { EnvironmentSchema, type Environment } from '../schemas/environment.js'
import { strictOptions, vocabulary } from '../schemas/vocabulary.js'
import type { Files } from './files.js'

/** `process.env`, or what stands in for it. */
export type Variables = Readonly<Record<string, string | undefined>>

const IDENTITIES_TO_COME = ['jwt', 'gateway']
const VARIABLES_TO_COME = ['REDIS_URL', 'METRICS_PORT', 'OTEL_EXPORTER_OTLP_ENDPOINT']

const properties: Record<string, TSchema> = EnvironmentSchema.properties

const validate = new Ajv({ ...strictOptions, ...vocabulary, coerceTypes: true, useDefaults: true })
  .compile<Environment>(EnvironmentSchema)

/**
 * The variables of the schema, converted and with their defaults. What is wrong goes to `faults`; then the result is
 * good for finding further faults and for nothing else.
 */
export function readVariables (variables: Variables, files: Files, faults: string[]): Environment {
  const given = readGiven(variables, files, faults)
  faults.push(...contradictions(given))
  const environment: Partial<Environment> = structuredClone(given)
  validate(environment)
  for (const error of validate.errors ?? []) {
    const name = nameOf(error)
    if (error.keyword !== 'required') faults.push(`${name} must be ${String(error.parentSchema?.['x-expected'])}`)
    else if (!variables[`${name}_FILE`]) faults.push(`${name} is required`)
  }
  return environment as Environment
}

/** What is set: an empty variable is not, secrets may come from files, lists are split at their commas. */
function readGiven (variables: Variables, files: Files, faults: string[]): Record<string, string | string[]> {
  const given: Record<string, string | string[]> = {}
  for (const [name, schema] of Object.entries(properties)) {
    const value = schema['x-secret'] === true ? readSecret(name, variables, files, faults) : variables[name]
    if (!value) continue
    given[name] = schema.type === 'array' ? value.split(',').map((item) => item.trim()) : value
  }
  return given
}

function readSecret (name: string, variables: Variables, files: Files, faults: string[]): string | undefined {
  const path = variables[`${name}_FILE`]
  if (!path) return variables[name]
  if (variables[name]) faults.push(`${name} and ${name}_FILE are both set; one of them must go`)
  const content = files.read(`${name}_FILE`, path, faults)?.trim()
  if (content === '') faults.push(`${name}_FILE names an empty file`)
  return content
}

function nameOf (error: ErrorObject): string {
  return error.keyword === 'required' ? String(error.params['missingProperty']) : error.instancePath.replace(/^\/([^/]*).*$/, '$1')
}

/** What no single variable can tell. */
function contradictions (given: Record<string, unknown>): string[] {
  const faults = VARIABLES_TO_COME.filter((name) => name in given).map((name) => `${name} is not there yet`)
  const identity = given['IDENTITY']
  if (identity !== 'static') {
    if (IDENTITIES_TO_COME.includes(String(identity))) faults.push(`IDENTITY=${String(identity)} is not there yet; static is`)
    if ('APIDECK_CONSUMER_ID' in given) faults.push('APIDECK_CONSUMER_ID is for IDENTITY=static alone')
    return faults
  }
  if (!('APIDECK_CONSUMER_ID' in given)) faults.push('APIDECK_CONSUMER_ID is required with IDENTITY=static')
  const ofOthers = Object.keys(given).filter((name) => /^(?:JWT|GATEWAY)_/.test(name))
  return [...faults, ...ofOthers.map((name) => `${name} has no meaning with IDENTITY=static`)]
}
