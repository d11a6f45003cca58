import { Type } from '@sinclair/typebox'
import { MAX_URL_LENGTH } from './urls.js'

/* The kinds of variables that there are. */

/** What a variable is called by. */
export interface Words {
  /** What the variable is for. The same words stand in `.env.example`. */
  description: string
  /** Completes "must be …" where a value does not fit. */
  'x-expected': string
}

/** Any text, within its rules. */
export const text = (words: Words, rules: { pattern?: string, format?: string, default?: string } = {}) =>
  Type.String({ maxLength: MAX_URL_LENGTH, ...words, ...rules })

/** Also read from the file that `NAME_FILE` names, and never shown. */
export const secret = (words: Words, rules: { pattern?: string, format?: string, minLength?: number } = {}) =>
  Type.String({ maxLength: 4096, 'x-secret': true, ...words, ...rules })

/** A whole number. */
export const integer = (description: string, minimum: number, maximum: number) =>
  Type.Integer({ description, minimum, maximum, 'x-expected': `a whole number from ${minimum} to ${maximum}` })

/** The same, with a value for where there is none. */
export const withDefault = <T extends object>(schema: T, value: number) => ({ ...schema, default: value })

/** One of a few words. */
export const choice = <const T extends string>(values: readonly T[], description: string, fallback?: T) => Type.Unsafe<T>({
  type: 'string',
  enum: values,
  description,
  'x-expected': `one of ${values.join(', ')}`,
  ...(fallback === undefined ? {} : { default: fallback }),
})

/** Comma-separated. */
export const list = (words: Words, item: { pattern?: string, format?: string }, fallback: readonly string[] = []) =>
  Type.Array(Type.String({ maxLength: MAX_URL_LENGTH, ...item, 'x-expected': words['x-expected'] }), {
    ...words,
    maxItems: 100,
    default: fallback,
  })
