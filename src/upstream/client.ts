import type { Dispatcher } from 'undici'
import type { Session } from '../schemas/session.js'
import { isPrintableAscii } from '../schemas/urls.js'
import type { Secret } from '../secret.js'
import { errorIn, sessionIn, type Answer } from './answer.js'
import { createDispatcher } from './dispatcher.js'
import { failureOf } from './failure.js'
import { retryAfterSeconds } from './retry-after.js'
import type { CallFacts, Minted, Upstream } from './upstream.js'

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

  async function createSession (session: Session, consumerId: string): Promise<Minted> {
    const started = performance.now()
    const facts = (): CallFacts => ({ upstream_duration_ms: Math.round(performance.now() - started) })
    let response: Dispatcher.ResponseData
    let answer: Answer
    try {
      response = await dispatcher.request({
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
        signal: AbortSignal.timeout(options.timeoutMs),
      })
      answer = await readAnswer(response)
    } catch (error) {
      throw failureOf(error, facts())
    }
    const told = { ...facts(), ...factsIn(response, answer) }
    return { session: sessionIn(answer, options.vaultHosts, told), facts: told }
  }

  return { createSession, close: dispatcher.close }
}

/** Of a refusal the status counts, so a body that cannot be read takes nothing from it. */
async function readAnswer ({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Answer> {
  const text = statusCode === 200 ? await body.text() : await body.text().catch(() => '')
  return { status: statusCode, body: parseJson(text), retryAfter: retryAfterSeconds(headers['retry-after'], Date.now()) }
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the log is told of an answer: short names and ids, each held to a form in which nothing else can hide. */
function factsIn (response: Dispatcher.ResponseData, answer: Answer): Partial<CallFacts> {
  const requestId = response.headers['request-id']
  const typeName = errorIn(answer.body)?.type_name
  return {
    upstream_status: answer.status,
    ...(typeof requestId === 'string' && requestId.length <= 128 && isPrintableAscii(requestId) ? { upstream_request_id: requestId } : {}),
    ...(typeof typeName === 'string' && /^[A-Za-z]{1,64}$/.test(typeName) ? { upstream_error: typeName } : {}),
  }
}
