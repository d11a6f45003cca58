import type { TSchema } from '@sinclair/typebox'

/** A JSON Schema (2020-12), as OpenAPI 3.1 has it. */
export type JsonSchema = Record<string, unknown>

/** What our own formats say, in words that every validator knows. */
const FORMATS: Readonly<Record<string, JsonSchema>> = {
  'https-url': { format: 'uri', pattern: '^https://' },
  'session-length': { pattern: '^[1-9][0-9]{0,5}[smhdw]$' },
}

/** One of our schemas without the vocabulary that is ours alone; what a value is expected to be becomes its description. */
export function plainSchema (schema: TSchema): JsonSchema {
  // Written and read, since what a schema holds for the compiler's sake has no place in JSON.
  return plain(JSON.parse(JSON.stringify(schema)) as JsonSchema)
}

function plain (schema: JsonSchema): JsonSchema {
  const { 'x-expected': expected, 'x-limits': _limits, format, properties, items, ...rest } = schema
  return {
    ...rest,
    // What its type says already needs no words.
    ...(typeof expected === 'string' && properties === undefined && rest['type'] !== 'boolean' ? { description: `Must be ${expected}.` } : {}),
    ...(typeof format === 'string' ? FORMATS[format] ?? { format } : {}),
    ...(properties === undefined ? {} : { properties: mapValues(properties as Record<string, JsonSchema>, plain) }),
    ...(items === undefined ? {} : { items: plain(items as JsonSchema) }),
  }
}

function mapValues (schemas: Record<string, JsonSchema>, convert: (schema: JsonSchema) => JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, convert(schema)]))
}
