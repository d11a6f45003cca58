import { createHash } from 'node:crypto'
import type { Session } from '../schemas/session.js'
import type { Secret } from '../secret.js'
import { errorIn, sessionIn, type Answer } from './answer.js'
import { withDeadline } from './deadline.js'
import { createDispatcher, type Exchange } from './dispatcher.js'
import { failureOf } from './failure.js'
import { retryAfterSeconds } from './retry-after.js'
import type { CallFacts, Minted, Upstream } from './upstream.js'

/** Whose application it is, and how it is reached. */
export interface UpstreamOptions {
  baseUrl: string
  apiKey: Secret
  appId: string
  /** Hosts that a session URI may have. */
  vaultHosts: readonly string[]
  /** Milliseconds for a whole call. */
  timeoutMs: number
  /** Sockets kept open. */
  connections: number
  userAgent: string
}

/** The one call to Apideck: `POST /vault/sessions`, with headers built from scratch. */
export function createUpstream (options: UpstreamOptions): Upstream {
  const url = new URL(`${options.baseUrl.replace(/\/$/, '')}/vault/sessions`)
  const dispatcher = createDispatcher({ origin: url.origin, connections: options.connections })

  async function createSession (session: Session, consumerId: string, gone?: AbortSignal): Promise<Minted> {
    const started = performance.now()
    const facts = (): CallFacts => ({ upstream_duration_ms: Math.round(performance.now() - started) })
    const exchange = await withDeadline(options.timeoutMs, gone, (signal) => dispatcher.request({
      path: url.pathname,
      method: 'POST',
      headers: {
        authorization: `Bearer ${options.apiKey.reveal()}`,
        'x-apideck-app-id': options.appId,
        'x-apideck-consumer-id': consumerId,
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': options.userAgent,
      },
      body: JSON.stringify(session),
      signal,
    })).catch((error: unknown) => { throw failureOf(error, facts()) })

    const answer = readAnswer(exchange)
    const told = { ...facts(), ...factsIn(exchange, answer) }
    // Of a refusal the status counts, so a body that broke off takes nothing from it.
    if (exchange.failure !== undefined && exchange.status === 200) throw failureOf(exchange.failure, told)
    const minted = sessionIn(answer, options.vaultHosts, told)
    return { session: minted, tokenHash: shortHash(minted.session_token), facts: told }
  }

  return { createSession, close: dispatcher.close }
}

function shortHash (token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16)
}

function readAnswer ({ status, headers, text }: Exchange): Answer {
  return { status, body: parseJson(text), retryAfter: retryAfterSeconds(headers['retry-after'], Date.now()) }
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the log is told of an answer: short names and ids, each held to a form in which nothing else can hide. */
function factsIn ({ headers }: Exchange, answer: Answer): Partial<CallFacts> {
  const requestId = headers['request-id']
  const typeName = errorIn(answer.body)?.type_name
  return {
    upstream_status: answer.status,
    ...(typeof requestId === 'string' && /^[\w.-]{1,64}$/.test(requestId) ? { upstream_request_id: requestId } : {}),
    ...(typeof typeName === 'string' && /^[A-Za-z]{1,64}$/.test(typeName) ? { upstream_error: typeName } : {}),
  }
}
