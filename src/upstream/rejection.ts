import type { Fault } from '../errors.js'
import { sessionPaths } from '../schemas/session.js'
import type { UpstreamError } from '../schemas/upstream.js'

/** How much of an upstream's detail is looked through. */
const LIMITS = { nodes: 50, members: 50, characters: 1_024 }

const MESSAGE = 'was not accepted by Apideck'

/** `settings.session_length` by its path, and by `session_length` alone where that names nothing else. */
const byName = new Map(sessionPaths.flatMap((path) => {
  const name = path.slice(path.indexOf('.') + 1)
  return [[path, path], [name, path]]
}))

/**
 * The properties of our schema that an upstream's error names, as faults in our words. Of the upstream's own words
 * nothing is passed on.
 *
 * A name counts where it is a key, a whole string, a path (`settings.session_length`, `/theme/logo`, `body.theme`), in
 * quotes, or has an underscore: `email` in a sentence is a word, `"email"` is a property.
 */
export function faultsNamedIn ({ message, detail }: UpstreamError): Fault[] {
  const named = new Set([message, detail].flatMap(textsIn).flatMap(pathsIn))
  return sessionPaths
    .filter((path) => named.has(path) && !hasNamedField(path, named))
    .map((path) => ({ pointer: `/${path.replace('.', '/')}`, message: MESSAGE }))
}

/** A branch says nothing more where one of its fields is named too. */
function hasNamedField (branch: string, named: ReadonlySet<string>): boolean {
  return sessionPaths.some((path) => path.startsWith(`${branch}.`) && named.has(path))
}

/** Every string and every key in the value, up to the limits; an array of strings also as the path that it may be. */
function textsIn (value: unknown): string[] {
  const texts: string[] = []
  const pending = [value]
  for (let visited = 0; visited < LIMITS.nodes && pending.length > 0; visited++) {
    const node = pending.shift()
    if (typeof node === 'string') texts.push(node.slice(0, LIMITS.characters))
    if (typeof node !== 'object' || node === null) continue
    const members = Object.values(node).slice(0, LIMITS.members)
    if (!Array.isArray(node)) texts.push(...Object.keys(node).slice(0, LIMITS.members))
    else if (members.every((member) => typeof member === 'string')) texts.push(members.join('.').slice(0, LIMITS.characters))
    pending.push(...members)
  }
  return texts
}

function pathsIn (text: string): string[] {
  const whole = byName.get(withoutRoot(dotted(text)))
  if (whole !== undefined) return [whole]
  return (text.match(/["'`]?[\w/.[\]]+["'`]?/g) ?? [])
    .map((token) => isName(token) ? byName.get(withoutRoot(dotted(token))) : undefined)
    .filter((path) => path !== undefined)
}

function isName (token: string): boolean {
  return /^(["'`]).*\1$/.test(token) || token.startsWith('/') || /[_.]/.test(dotted(token))
}

/** `"settings"`, `/settings/session_length` and `settings[session_length]` as a dotted path. */
function dotted (token: string): string {
  return token.replaceAll(/["'`/[\].]+/g, '.').replace(/^\./, '').replace(/\.$/, '')
}

/** A path without what an upstream may put before it or, for an item of an array, behind it. */
function withoutRoot (path: string): string {
  return path.replace(/^(?:body|session|data)\./, '').replace(/\.\d+$/, '')
}
