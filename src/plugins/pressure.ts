import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { BrokerError } from '../errors.js'
import { watchEventLoop, type EventLoop } from './event-loop.js'

/** Who says that there is too much to do. */
export interface PressureOptions {
  /** Whether the next session would be refused in any case. */
  isFull: () => boolean
  /** For how long work lies waiting. Closed with the app. */
  eventLoop?: EventLoop
  /** Milliseconds that one line of the log stands for. */
  reportMs?: number
  /** Milliseconds, on any clock. */
  now?: () => number
  hold?: (ms: number) => Promise<unknown>
}

/** Milliseconds: work that lies waiting for longer, in the mean of each of two samples of that length, is too much. */
const EVENT_LOOP = { maxDelayMs: 500, sampleMs: 1_000 }

/**
 * Beyond so many refusals in a time each is held back for a while, in milliseconds: a client that asks again as soon as
 * it is refused would leave no time for those that are served.
 */
const BRAKE = { refusals: 200, inMs: 100, holdMs: 60 }

/** Made once, since the stack that an error takes along is a tenth of what such a refusal costs. */
const REFUSALS = {
  tooManyWait: new BrokerError('overloaded', { facts: { overload: 'too_many_wait' } }),
  eventLoop: new BrokerError('overloaded', { facts: { overload: 'event_loop' } }),
}

/**
 * Refuses requests for a session, at once and before any work is put into them, while more come than can be served.
 * Whatever else is asked, by probes above all, is answered. A line for each would be work too: they are counted, and
 * one line in a while says how many there were.
 */
export const pressure = fp(async (app: FastifyInstance, {
  isFull, eventLoop = watchEventLoop(EVENT_LOOP.sampleMs), reportMs = 1_000, now = () => performance.now(), hold = delay,
}: PressureOptions) => {
  let refused = 0
  let lately = { since: -Infinity, refused: 0 }
  let reporting: NodeJS.Timeout | undefined

  function report (): void {
    clearTimeout(reporting)
    reporting = undefined
    if (refused > 0) app.log.warn({ refused }, 'sessions refused under load')
    refused = 0
  }

  async function shed (request: FastifyRequest, refusal: BrokerError): Promise<void> {
    if (request.routeOptions.config.audited !== true) return
    refused++
    reporting ??= setTimeout(report, reportMs)
    request.outcome = 'debug'
    request.audit.isCounted = true
    if (now() - lately.since >= BRAKE.inMs) lately = { since: now(), refused: 0 }
    if (++lately.refused > BRAKE.refusals) await hold(BRAKE.holdMs)
    throw refusal
  }

  app.addHook('onRequest', async (request) => {
    if (isFull()) await shed(request, REFUSALS.tooManyWait)
    if (eventLoop.delayMs > EVENT_LOOP.maxDelayMs) await shed(request, REFUSALS.eventLoop)
  })
  app.addHook('onClose', async () => {
    eventLoop.close()
    report()
  })
}, { name: 'pressure', dependencies: ['telemetry', 'problems', 'audit'] })
