/** What goes over the wire, what the upstream is told to do meanwhile, and what has to come of it. */

/** What an answer looks like: `apideck` to SDKs, `any` where only the broker can tell whether it is JSON or a page. */
export type Shape = 'json' | 'page' | 'apideck' | 'any'

/**
 * What has to come of a request. `session`: it is valid, and this goes upstream, once. `refused`: it is not, one of
 * these codes says so, and nothing goes upstream. `open`: nobody can tell beforehand, but a call goes upstream if and
 * only if a session comes back, and what goes is a Session.
 */
export type Expected =
  | { is: 'session', session: unknown }
  | { is: 'refused', codes: readonly string[], pointer?: string, mayBeTakenForLeaving?: boolean }
  | { is: 'open', json?: unknown }

/** One request. */
export interface Ask {
  /** For the summary. */
  kind: string
  /** As they go out, in Latin-1: a character is a byte. */
  bytes: string
  expected: Expected
  shape: Shape
  /** The answer to HEAD has no body. */
  isHead: boolean
  /** The allowed origin that it names, whose pages may read the answer. */
  origin?: string | undefined
  /** What an answer must not hold, beside all that none may hold. */
  isPreflight?: boolean
}

/** What the upstream does with each call of a case. */
export type Told = 'mint' | (string & {})

/** Requests in a row on one connection. */
export interface Case {
  asks: readonly Ask[]
  /** Where the bytes are cut into writes, as fractions of their length. */
  cuts: readonly number[]
  told: Told
  /**
   * `kept`: on a connection that stays open. `ended`: on one of its own, of which the client's half is closed once all
   * is written. `silent`: the same, but it stays open and the client says nothing more.
   */
  connection: 'kept' | 'ended' | 'silent'
}

/** What a case must know of where it goes. */
export interface Setting {
  /** Of the configuration, for the summary. */
  name: string
  identity: 'static' | 'gateway' | 'jwt'
  host: string
  /** The consumer of this lane, and of no other. */
  consumer: string
  hasPolicy: boolean
  /** Header lines that identify the caller, one of these at a time. */
  credentials: ReadonlyArray<readonly string[]>
  /** Header lines that do not, and the codes that say so. */
  badCredentials: ReadonlyArray<{ lines: readonly string[], codes: readonly string[] }>
  /** Whether those credentials are ones that a browser sends by itself. */
  needsProof: boolean
  /** Whether a request ID that came with the request is taken over. */
  isTrusted: boolean
  /** What its claims say of the consumer, where the policy takes it from there. */
  metadata: Readonly<Record<string, string>>
}

/** What the harness finds wrong. */
export class Fault extends Error {
  override readonly name = 'Fault'
}

/** @throws Fault unless that is so */
export function hold (isSo: boolean, claim: string): asserts isSo {
  if (!isSo) throw new Fault(claim)
}
