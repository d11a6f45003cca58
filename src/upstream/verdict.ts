import type { Verdict } from './circuit.js'
import type { Exchange } from './dispatcher.js'
import { failureCode } from './failure.js'

/** What an answer says of the upstream: a 5xx is a failure, and so is a session that breaks off. A 4xx never is. */
export function verdictOn ({ status, failure }: Exchange): Verdict {
  if (status >= 500) return { failure: `status_${status}` }
  return status === 200 && failure !== undefined ? verdictOnThrown(failure) : 'answered'
}

/** What it says of the upstream that there is no answer: connections and timeouts are its failures, all else is not. */
export function verdictOnThrown (error: unknown): Verdict {
  const code = failureCode(error)
  if (code === 'upstream_timeout' || code === 'upstream_unreachable') return { failure: code }
  return code === 'upstream_invalid_response' ? 'answered' : 'neither'
}
