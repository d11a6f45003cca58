import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, defaultTextMapGetter, trace, type Attributes, type Context, type Span } from '@opentelemetry/api'
import { ExportResultCode, W3CTraceContextPropagator, parseKeyPairsIntoRecord } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import { Availability, type Watcher } from './availability.js'
import { BrokerError } from './errors.js'
import type { Facts, Part, RequestSpan, Tracer } from './plugins/tracing.js'
import type { Secret } from './secret.js'
import { version } from './version.js'

/*
 * Spans, made by hand and exported by OpenTelemetry's SDK, which reads what else there is of OTEL_* by itself. The
 * instrumentations that there are for Fastify and undici would tell a request's path, which may hold anything, and hand
 * the trace to Apideck.
 */

/** Where spans go. */
export interface TracingOptions {
  /** The collector's base. */
  endpoint: string
  /** `name=value` pairs, read anew for each export. */
  headers: Secret | undefined
  /** Hears that the collector cannot be used. */
  watcher: Watcher
}

/** Makes spans until it is closed. */
export interface Tracing extends Tracer {
  /** Sends what there is, for as long as that may take. */
  close (): Promise<void>
}

/** Milliseconds for the last spans, as all ends. */
const FLUSH_MS = 2_000

/** Before the names of attributes that no convention has. */
const OURS = 'vault_session_broker.'

const PARTS: Readonly<Record<Part, { name: string, kind: SpanKind, attributes: Attributes }>> = {
  identity: { name: 'identity', kind: SpanKind.INTERNAL, attributes: {} },
  upstream: { name: 'POST /vault/sessions', kind: SpanKind.CLIENT, attributes: { 'http.request.method': 'POST', 'peer.service': 'apideck' } },
}

export function createTracing ({ endpoint, headers, watcher }: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    ...(headers && { headers: async () => parseKeyPairsIntoRecord(headers.reveal()) }),
  })
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'vault-session-broker', 'service.version': version, 'service.instance.id': randomUUID() }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(watched(exporter, watcher))],
  })
  const tracer = provider.getTracer('vault-session-broker', version)
  const propagator = new W3CTraceContextPropagator()

  return {
    begin ({ id, method, route, headers }) {
      const span = tracer.startSpan(route === undefined ? method : `${method} ${route}`, {
        kind: SpanKind.SERVER,
        attributes: { 'http.request.method': method, ...(route !== undefined && { 'http.route': route }), [`${OURS}request_id`]: id },
      }, propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter))
      const { traceId, spanId } = span.spanContext()
      return { traceId, spanId, within: withinOf(trace.setSpan(ROOT_CONTEXT, span)), end: endOf(span) }
    },
    async close () {
      await Promise.race([provider.shutdown().catch(() => {}), delay(FLUSH_MS, undefined, { ref: false })])
    },
  }

  function withinOf (parent: Context): RequestSpan['within'] {
    return async (part, work, factsOf) => {
      const { name, ...options } = PARTS[part]
      const span = tracer.startSpan(name, options, parent)
      try {
        const result = await work()
        if (factsOf !== undefined) span.setAttributes(attributesOf(factsOf(result)))
        span.end()
        return result
      } catch (error) {
        tellFailure(span, part, error)
        span.end()
        throw error
      }
    }
  }
}

function endOf (span: Span): RequestSpan['end'] {
  return (status, code) => {
    if (status !== undefined) span.setAttribute('http.response.status_code', status)
    if (code !== undefined) span.setAttribute('error.type', code)
    if (status !== undefined && status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }
}

/** A caller who is refused is no error of ours; a call that brings no session is one. */
function tellFailure (span: Span, part: Part, error: unknown): void {
  const { code, status, facts } = error instanceof BrokerError ? error : new BrokerError('internal_error')
  span.setAttributes({ 'error.type': code, ...attributesOf(facts) })
  if (part === 'upstream' || status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
}

/** What may be told of a part of the work, by the log's names for it: none of them holds what a caller has chosen. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  upstream_status: 'http.response.status_code',
  upstream_calls: `${OURS}upstream_calls`,
  upstream_request_id: `${OURS}upstream_request_id`,
  upstream_error: `${OURS}upstream_error`,
  upstream_failure: `${OURS}upstream_failure`,
  overload: `${OURS}overload`,
  identity_failure: `${OURS}identity_failure`,
}

function attributesOf (facts: Facts): Attributes {
  return Object.fromEntries(Object.entries(facts).flatMap(([name, value]) => {
    const attribute = ATTRIBUTES[name]
    return attribute !== undefined && (typeof value === 'string' || typeof value === 'number') ? [[attribute, value]] : []
  }))
}

/** The exporter, whose successes and failures are heard. */
function watched (exporter: SpanExporter, watcher: Watcher): SpanExporter {
  const availability = new Availability(watcher, () => performance.now())
  return {
    export (spans, done) {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) availability.regain()
        else availability.lose(nameOf(result.error))
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
}

/** Why an export failed, in a word that says nothing else: a status, or Node's code. */
function nameOf (error: object | undefined): string {
  const code: unknown = Reflect.get(Object(error), 'code')
  if (typeof code === 'number') return `status_${code}`
  return typeof code === 'string' ? code : 'no_answer'
}
