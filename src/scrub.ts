import { HIDDEN, type Secret } from './secret.js'

/** What looks like a credential, whoever's it is: a JWT, an authorization, the URL of a session, a token in a query. */
const PATTERNS: ReadonlyArray<[pattern: RegExp, replacement: string]> = [
  [/eyJ[\w-]{6,}\.[\w-]*(?:\.[\w-]*)*/g, HIDDEN],
  [/\b(bearer|basic) +[^\s"\\]+/gi, `$1 ${HIDDEN}`],
  [/(\/session\/)[^\s"\\]+/g, `$1${HIDDEN}`],
  [/([?&](?:jwt|token|session_token|access_token)=)[^\s"\\&]+/gi, `$1${HIDDEN}`],
]

/** Makes what takes the values of secrets, and whatever looks like a credential, out of a text. */
export function createScrubber (secrets: readonly Secret[]): (text: string) => string {
  const values = secrets.map((secret) => secret.reveal()).flatMap((value) => [value, encodeURIComponent(value)])
  return (text) => {
    const known = values.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text)
    return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), known)
  }
}
