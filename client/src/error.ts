import type { Problem } from './api.js'
import { ownCodes, type OwnCode } from './own-codes.js'

/** Where in the Session something is wrong, and what was expected there. */
export type Fault = NonNullable<Problem['errors']>[number]

/** What is known beyond code and message. */
export interface VaultSessionErrorFacts {
  status?: number | undefined
  retryAfter?: number | undefined
  errors?: readonly Fault[] | undefined
  requestId?: string | undefined
  cause?: unknown
}

/** The one error that is thrown on purpose. Holds neither tokens nor URLs, but for what its `cause` may hold. */
export class VaultSessionError extends Error {
  override readonly name = 'VaultSessionError'
  /** The broker's code, such as `rate_limited`, or one of the client's own, such as `timed_out`. */
  readonly code: string
  /** Of the answer, where there was one. */
  readonly status: number | undefined
  /** Seconds to wait before the next try, where the answer says so. */
  readonly retryAfter: number | undefined
  /** Empty where none are told. */
  readonly errors: readonly Fault[]
  /** What the operator finds the request by. */
  readonly requestId: string | undefined

  constructor (code: string, message: string, facts: VaultSessionErrorFacts = {}) {
    super(message, 'cause' in facts ? { cause: facts.cause } : {})
    this.code = code
    this.status = facts.status
    this.retryAfter = facts.retryAfter
    this.errors = facts.errors ?? []
    this.requestId = facts.requestId
  }
}

/** An error of the client's own, in its own words. */
export function ownError (code: OwnCode, facts?: VaultSessionErrorFacts): VaultSessionError {
  return new VaultSessionError(code, ownCodes[code], facts)
}
