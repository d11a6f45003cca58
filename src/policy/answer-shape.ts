import Negotiator from 'negotiator'
import { APP_HEADER } from '../schemas/header-names.js'

/** The request headers that the answer's shape depends on. */
export interface ShapeHeaders {
  accept?: string | undefined
  'content-type'?: string | undefined
  'sec-fetch-mode'?: string | string[] | undefined
}

/** For a program: problem+json and the like. For a person: a redirect, or a page. For Apideck's SDKs: what Apideck answers. */
export type AnswerShape = 'json' | 'page' | 'apideck'

/** The names of these headers, for `Vary`. */
export const shapeHeaderNames = ['Accept', 'Content-Type', 'Sec-Fetch-Mode', APP_HEADER] as const

/** The content type of an HTML form. */
export const FORM = 'application/x-www-form-urlencoded'

/** Whether a content type is an HTML form's. */
export function isForm (contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === FORM
}

/**
 * Whether a browser navigates, so that a session is answered with a redirect and an error with a page. A script never
 * gets a redirect: `fetch` cannot read one. First match wins: `Sec-Fetch-Mode`, a form body, `Accept`.
 */
export function isNavigation (headers: ShapeHeaders): boolean {
  const mode = headers['sec-fetch-mode']
  if (mode !== undefined) return mode === 'navigate'
  if (isForm(headers['content-type'])) return true
  return prefersHtml(headers.accept)
}

/** By quality, then by how exactly it is named, then by its place in the header. */
function prefersHtml (accept: string | undefined): boolean {
  if (accept === undefined) return false
  return new Negotiator({ headers: { accept } }).mediaType(['application/json', 'text/html']) === 'text/html'
}
