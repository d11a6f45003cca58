import { SessionSchema, sessionBranches } from '../schemas/session.js'
import { plainSchema, type JsonSchema } from './plain.js'

/**
 * A Session as a form's fields: brackets name members, `[]` an array, and booleans are text. A name that begins like free
 * settings may go on in any way.
 */
export function formSchema (): { properties: Record<string, JsonSchema> } & JsonSchema {
  const { properties } = plainSchema(SessionSchema) as { properties: Record<string, JsonSchema> }
  const fields = Object.entries(properties).flatMap(([name, schema]) => sessionBranches.has(name)
    ? Object.entries(schema['properties'] as Record<string, JsonSchema>).map(([field, inner]) => formField(`${name}[${field}]`, inner))
    : schema['type'] === 'object' ? [] : [formField(name, schema)])
  return {
    type: 'object',
    properties: Object.fromEntries(fields),
    patternProperties: { '^custom_consumer_settings(\\[[^\\[\\]=]*\\])+$': {} },
    additionalProperties: false,
  }
}

/** How what is several in a form is written: its name as often as there are values. */
export function formEncoding (): Record<string, object> {
  return Object.fromEntries(Object.keys(formSchema().properties).filter((name) => name.endsWith('[]')).map((name) => [name, { style: 'form', explode: true }]))
}

function formField (name: string, schema: JsonSchema): [name: string, schema: JsonSchema] {
  switch (schema['type']) {
    case 'array': return [`${name}[]`, schema]
    case 'boolean': return [name, { type: 'string', enum: ['true', 'on', 'false'], description: 'As text: a form has no other values.' }]
    default: return [name, schema]
  }
}
