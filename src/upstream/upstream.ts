import type { MintedSession } from '../schemas/minted-session.js'
import type { Session } from '../schemas/session.js'
import type { CircuitState } from './circuit.js'

/** What one call upstream leaves in the log line of its request. Never a body, a token or a URL. */
export interface CallFacts {
  /** All of it, waiting and a retry included. */
  upstream_duration_ms: number
  /** Requests that went out: two where one was a retry, none where it was given up before. */
  upstream_calls: number
  upstream_status?: number
  /** Apideck's `Request-Id`, to quote to its support. */
  upstream_request_id?: string
  /** Apideck's `type_name`, where it answered with an error. */
  upstream_error?: string
  /** The code of what broke, where no answer came. */
  upstream_failure?: string
}

/** A session that may be passed on, and what the log is told of the call. */
export interface Minted {
  session: MintedSession
  /** SHA-256 of the token, its first 16 hex digits: enough to find the minting of a URL that leaked. */
  tokenHash: string
  facts: CallFacts
}

/** How it stands with the calls at this moment. */
export interface Standing {
  circuit: CircuitState
  /** Calls that have a slot: under way, or in the pause before a retry. */
  inFlight: number
  /** Calls that wait for one of those to end. */
  waiting: number
}

/** Apideck, as the rest of the broker sees it. */
export interface Upstream {
  /**
   * Mints a session for a consumer. Safe to repeat: a token is only a token.
   *
   * @param gone ends the call: whoever asked for the session has left
   * @throws BrokerError any of the codes that the catalogue lists under "What happened upstream", or `shutting_down`
   */
  createSession (session: Session, consumerId: string, gone?: AbortSignal): Promise<Minted>
  readonly standing: Standing
  /** Whether one more session would be refused as `overloaded`, since too many wait already. */
  readonly isFull: boolean
  /** Waits for the calls under way, then closes the connections. */
  close (): Promise<void>
}
