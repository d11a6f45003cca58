import { sdkDefaults, type Session } from '../schemas/session.js'

/**
 * A Session as its caller has written it. An SDK adds nine settings as soon as there is one, each with the default that
 * Apideck documents, so a setting which has that counts as left out: it is neither held against the caller nor put
 * before what the operator has set, and Apideck does the same without it.
 */
export function withoutDefaults (session: Session): Session {
  const { settings, ...rest } = session
  if (settings === undefined) return session
  const defaults: Readonly<Record<string, unknown>> = sdkDefaults
  const said = Object.entries(settings).filter(([name, value]) => defaults[name] !== value)
  return said.length === 0 ? rest : { ...rest, settings: Object.fromEntries(said) }
}
