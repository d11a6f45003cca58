import type { Environment } from '../schemas/environment.js'
import { parseUrl } from '../schemas/urls.js'
import { Secret } from '../secret.js'
import { isFit, secretNames, type Variables } from './variables.js'

/** The secrets that are set, by variable: the very objects that every part takes, so that a replacement reaches all. */
export type Secrets = Partial<Record<keyof Environment, Secret>>

export function secretsIn (environment: Environment): Secrets {
  const secrets: Secrets = {}
  for (const name of secretNames) {
    const value = environment[name]
    if (typeof value === 'string') secrets[name] = new Secret(value)
  }
  return secrets
}

/** What the log must not show: every secret, and the password in a URL, which follows its URL. */
export function secretsOfLog (secrets: Secrets): Secret[] {
  const { REDIS_URL: url } = secrets
  return [...Object.values(secrets), ...(url === undefined ? [] : [passwordIn(url)])]
}

/** The secrets that came from a file, with what another value must be. */
export function secretFilesIn (secrets: Secrets, variables: Variables) {
  return secretNames.flatMap((variable) => {
    const [path, secret] = [variables[`${variable}_FILE`], secrets[variable]]
    return path && secret !== undefined ? [{ variable, path, secret, isFit: (value: string) => isFit(variable, value) }] : []
  })
}

function passwordIn (url: Secret): Secret {
  const read = () => decodeURIComponent(parseUrl(url.reveal())?.password ?? '')
  const password = new Secret(read())
  url.onReplace(() => password.replace(read()))
  return password
}
