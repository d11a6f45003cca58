import { hash } from 'node:crypto'
import { Availability, type Watcher } from '../availability.js'
import type { Session } from '../schemas/session.js'
import type { Secret } from '../secret.js'
import { errorIn, sessionIn, type Answer } from './answer.js'
import { withDeadline } from './deadline.js'
import { createDispatcher, type Exchange } from './dispatcher.js'
import { failureOf, isConnectionFailure } from './failure.js'
import { createProtection } from './protection.js'
import { retryAfterSeconds } from './retry-after.js'
import type { CallFacts, Minted, Upstream } from './upstream.js'

/** Whose application it is, how it is reached, and who hears of what goes wrong for all. */
export interface UpstreamOptions {
  baseUrl: string
  apiKey: Secret
  /** Reads the key anew where it came from, so that `apiKey` is what it is now. */
  renewKey?: () => Promise<void>
  appId: string
  /** Hosts that a session URI may have. */
  vaultHosts: readonly string[]
  /** Milliseconds for a whole call: waiting, connecting and a retry included. */
  timeoutMs: number
  /** Sockets kept open, and so requests under way. As many again may wait. */
  connections: number
  userAgent: string
  /** Hears that the circuit has opened, and that it is closed again. */
  circuit: Watcher
  /** Hears that Apideck refuses the API key or the app ID, once, and that it takes them again. */
  credentials: Watcher
  /** Milliseconds, on a clock that nobody sets back. */
  now?: () => number
}

/** Milliseconds without a refusal until a session shows that the credentials are taken again: some may still be refused. */
const CREDENTIALS_QUIET_MS = 10_000

interface Request {
  body: string
  consumerId: string
  /** How often it went out. */
  sent: number
}

/** The one call to Apideck: `POST /vault/sessions`, with headers built from scratch. */
export function createUpstream (options: UpstreamOptions): Upstream {
  const { apiKey, timeoutMs, connections, renewKey = async () => {}, now = () => performance.now() } = options
  const url = new URL(`${options.baseUrl.replace(/\/$/, '')}/vault/sessions`)
  const dispatcher = createDispatcher({ origin: url.origin, connections, headersMs: timeoutMs })
  const protection = createProtection({
    connections,
    timeoutMs,
    isBeforeAnswer: (error) => isConnectionFailure(error) && !dispatcher.hadBegunToAnswer(error),
    watcher: options.circuit,
  })
  const credentials = new Availability(options.credentials, now)
  let refusedAt = -Infinity

  function send (request: Request, signal: AbortSignal, isAgain: boolean): Promise<Exchange> {
    request.sent++
    return dispatcher.request({
      path: url.pathname,
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey.reveal()}`,
        'x-apideck-app-id': options.appId,
        'x-apideck-consumer-id': request.consumerId,
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': options.userAgent,
      },
      body: request.body,
      signal,
    }, isAgain)
  }

  /** Sends it once more where the key was refused and is another by now. */
  async function sendWithNewestKey (request: Request, signal: AbortSignal, isAgain: boolean): Promise<Exchange> {
    const key = apiKey.reveal()
    const exchange = await send(request, signal, isAgain)
    if (exchange.status !== 401) return exchange
    await renewKey()
    return apiKey.reveal() === key ? exchange : send(request, signal, isAgain)
  }

  function noteCredentials ({ status }: Exchange): void {
    if (status === 401 || status === 403) {
      refusedAt = now()
      credentials.lose(`status_${status}`)
    } else if (status === 200 && now() - refusedAt >= CREDENTIALS_QUIET_MS) {
      credentials.regain()
    }
  }

  async function createSession (session: Session, consumerId: string, gone?: AbortSignal): Promise<Minted> {
    const request = { body: JSON.stringify(session), consumerId, sent: 0 }
    const started = performance.now()
    const facts = (): CallFacts => ({ upstream_duration_ms: Math.round(performance.now() - started), upstream_calls: request.sent })
    const exchange = await withDeadline(timeoutMs, gone, (deadline) =>
      protection.run((isAgain) => sendWithNewestKey(request, deadline.signal, isAgain), deadline)
    ).catch((error: unknown) => { throw failureOf(error, facts()) })
    noteCredentials(exchange)

    const answer = readAnswer(exchange)
    const told = { ...facts(), ...factsIn(exchange, answer) }
    // Of a refusal the status counts, so a body that broke off takes nothing from it.
    if (exchange.failure !== undefined && exchange.status === 200) throw failureOf(exchange.failure, told)
    const minted = sessionIn(answer, options.vaultHosts, told)
    return { session: minted, tokenHash: shortHash(minted.session_token), facts: told }
  }

  return {
    createSession,
    get standing () {
      return protection.standing
    },
    get isFull () {
      return protection.isFull
    },
    close: dispatcher.close,
  }
}

function shortHash (token: string): string {
  return hash('sha256', token).slice(0, 16)
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
