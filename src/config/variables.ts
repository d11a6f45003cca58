import type { TSchema } from '@sinclair/typebox'
import { Ajv, type ErrorObject } from 'ajv'
import { EnvironmentSchema, type Environment } from '../schemas/environment.js'
import { isSecure, parseUrl } from '../schemas/urls.js'
import { strictOptions, vocabulary } from '../schemas/vocabulary.js'
import type { Files } from './files.js'

/** `process.env`, or what stands in for it. */
export type Variables = Readonly<Record<string, string | undefined>>

type Value = string | number | string[]

/** What each identity cannot do without. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  static: ['APIDECK_CONSUMER_ID'],
  jwt: ['JWT_ISSUER', 'JWT_AUDIENCE'],
  gateway: ['GATEWAY_SECRET', 'TRUSTED_PROXIES'],
}

const properties: Record<string, TSchema> = EnvironmentSchema.properties

const ajv = new Ajv({ ...strictOptions, ...vocabulary, useDefaults: true })
const validate = ajv.compile<Environment>(EnvironmentSchema)

/** The variables that may come from a file, and are never shown. */
export const secretNames = (Object.keys(EnvironmentSchema.properties) as Array<keyof Environment>).filter(isSecret)

/** Whether a variable may have this value, by its own rules alone. */
export function isFit (name: keyof Environment, value: string): boolean {
  return ajv.validate(EnvironmentSchema.properties[name], value) === true
}

/**
 * The variables of the schema, converted and with their defaults. What is wrong goes to `faults`; then the result is
 * good for finding further faults and for nothing else.
 */
export function readVariables (variables: Variables, files: Files, faults: string[]): Environment {
  const given = readGiven(variables, files, faults)
  faults.push(...contradictions(given, variables))
  const environment: Partial<Environment> = structuredClone(given)
  validate(environment)
  for (const error of validate.errors ?? []) {
    const name = nameOf(error)
    if (error.keyword !== 'required') faults.push(`${name} must be ${String(error.parentSchema?.['x-expected'])}`)
    else if (!isFromFile(name, variables)) faults.push(`${name} is required`)
  }
  faults.push(...disagreements(environment))
  return environment as Environment
}

/**
 * A variable, or a secret, that cannot be done without. `readVariables` has made sure of it.
 *
 * @throws TypeError where it has not: the word `undefined` must never become a secret
 */
export function needed<T extends object, Name extends keyof T & string> (values: T, name: Name): NonNullable<T[Name]> {
  const value = values[name]
  if (value === undefined || value === null) throw new TypeError(`${name} was let pass without a value`)
  return value
}

/** What is set, converted: an empty variable is not, and secrets may come from files. */
function readGiven (variables: Variables, files: Files, faults: string[]): Record<string, Value> {
  const given: Record<string, Value> = {}
  for (const [name, schema] of Object.entries(properties)) {
    const value = isSecret(name) ? readSecret(name, variables, files, faults) : variables[name]
    if (value) given[name] = convert(value, schema)
  }
  return given
}

function convert (value: string, { type }: TSchema): Value {
  if (type === 'array') return value.split(',').map((item) => item.trim())
  return type === 'integer' && /^\d{1,15}$/.test(value) ? Number(value) : value
}

function isSecret (name: string): boolean {
  return properties[name]?.['x-secret'] === true
}

/** Whether a secret's file is named: what is wrong with it is a fault of its own. */
function isFromFile (name: string, variables: Variables): boolean {
  return isSecret(name) && Boolean(variables[`${name}_FILE`])
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

/** Where the identity wants what is not there, or does not want what is. */
function contradictions (given: Record<string, unknown>, variables: Variables): string[] {
  const identity = String(given['IDENTITY'])
  const needs = Object.hasOwn(NEEDS, identity) ? NEEDS[identity] : undefined
  if (needs === undefined) return []
  const missing = needs.filter((name) => !(name in given) && !isFromFile(name, variables))
  const others = Object.keys(given).filter((name) => ![identity, undefined].includes(identityOf(name)))
  return [
    ...missing.map((name) => `${name} is required with IDENTITY=${identity}`),
    ...others.map((name) => `${name} has no meaning with IDENTITY=${identity}`),
  ]
}

/** Where two values do not go together. */
function disagreements ({ PORT, METRICS_PORT, OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_EXPORTER_OTLP_HEADERS: headers }: Partial<Environment>): string[] {
  const url = parseUrl(String(collector))
  return [
    ...(METRICS_PORT === PORT && PORT !== 0 ? ['METRICS_PORT must differ from PORT'] : []),
    ...(headers !== undefined && url !== undefined && !isSecure(url) ? ['OTEL_EXPORTER_OTLP_ENDPOINT must be https, or at loopback, for OTEL_EXPORTER_OTLP_HEADERS to go there'] : []),
  ]
}

/** The one identity that a variable is for, where it is for one alone. */
function identityOf (name: string): string | undefined {
  if (name === 'APIDECK_CONSUMER_ID') return 'static'
  return /^(JWT|GATEWAY)_/.exec(name)?.[1]?.toLowerCase()
}
