import { HIDDEN, type Secret } from './secret.js'

/** Members that hold a credential or what a caller sent, wherever somebody logs an object that has one. */
const MEMBERS = ['authorization', 'cookie', 'set-cookie', 'api_key', 'apiKey', 'session_uri', 'session_token', 'token', 'body', 'location']
const hidden = new Set(MEMBERS)
const MEMBER = new RegExp(`"(?:${MEMBERS.join('|')})":`)

/** What looks like a credential, whoever's it is: a JWT, an authorization, the URL of a session, a token in a query. */
const PATTERNS: ReadonlyArray<[pattern: RegExp, replacement: string]> = [
  [/eyJ[\w-]{6,}\.[\w-]*(?:\.[\w-]*)*/g, HIDDEN],
  [/\b(bearer|basic) +[^\s"\\]+/gi, `$1 ${HIDDEN}`],
  [/(\/session\/)[^\s"\\]+/g, `$1${HIDDEN}`],
  [/([?&](?:jwt|token|session_token|access_token)=)[^\s"\\&]+/gi, `$1${HIDDEN}`],
]

/** Characters of the shortest secret that is looked for: taking out a shorter one would blot out half the log. */
const MIN_LENGTH = 8

/** A line of JSON without the values of such members, however deep they are. The lines that are ours have none to find. */
export function hideMembers (line: string): string {
  if (!MEMBER.test(line)) return line
  return `${JSON.stringify(JSON.parse(line), (name, value: unknown) => hidden.has(name) ? HIDDEN : value)}\n`
}

/**
 * Makes what takes the values of secrets and whatever looks like a credential out of a text. It follows the secrets as
 * they are replaced, and should be made before anybody else who does: who hears of a value may log it.
 */
export function createScrubber (secrets: readonly Secret[]): (text: string) => string {
  // The longest first: one that begins as another does must not leave its end behind.
  const read = () => [...new Set(secrets.flatMap(spellings))].sort((a, b) => b.length - a.length)
  let known = read()
  let suspect = suspectOf(known)
  for (const secret of secrets) {
    secret.onReplace(() => {
      known = read()
      suspect = suspectOf(known)
    })
  }

  return (text) => {
    if (!suspect.test(text)) return text
    const rest = known.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text)
    return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), rest)
  }
}

/** What finds in one go whether there is anything to take out: hardly ever. */
function suspectOf (known: readonly string[]): RegExp {
  const literal = (value: string) => value.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
  return new RegExp([...PATTERNS.map(([{ source }]) => source), ...known.map(literal)].join('|'), 'i')
}

/** A secret, and what it was before, as it stands, in a JSON string, in a URL and in base64. */
function spellings (secret: Secret): string[] {
  return secret.known().filter((value) => value.length >= MIN_LENGTH).flatMap((value) =>
    [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), Buffer.from(value).toString('base64')])
}
