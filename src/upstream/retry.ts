import { setTimeout as delay } from 'node:timers/promises'
import type { Deadline } from './deadline.js'
import type { Exchange } from './dispatcher.js'
import { retryAfterSeconds } from './retry-after.js'

/** Retries are at most this share of the calls; so many may be saved up, which is also what there is at the start. */
const BUDGET = { share: 0.1, saved: 10 }

/** Milliseconds before a retry, by chance, and what must be left for it then. */
const WAIT = { leastMs: 50, mostMs: 250, leftMs: 100 }

/** Answers after which trying again may help. */
const PASSING = new Set([502, 503, 504])

/** Makes an exchange, told whether it is made again, and once more where that may help. */
export type Retry = (exchange: (isAgain: boolean) => Promise<Exchange>, deadline: Deadline) => Promise<Exchange>

/** When to retry what was thrown, and what tests hand in. */
export interface RetryOptions {
  /** Whether a connection failed before an answer began. */
  isBeforeAnswer: (error: unknown) => boolean
  /** From 0 to 1. */
  random?: () => number
  /** Ends with an error as the signal does. */
  wait?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/**
 * Tries once more where the connection failed before an answer began, or the answer was 502, 503 or 504, if the calls of
 * late have saved up a retry and the deadline leaves the time for it. The wait is jittered; a `Retry-After` is waited
 * for, or handed on where that would take too long. Minting again does no harm: a token is only a token.
 */
export function createRetry ({ isBeforeAnswer, random = Math.random, wait = (ms, signal) => delay(ms, undefined, { signal }) }: RetryOptions): Retry {
  let saved = BUDGET.saved

  /** Waits for the retry, if there is one to be had in time. */
  async function mayRetry (askedMs: number, { signal, left }: Deadline): Promise<boolean> {
    const ms = askedMs + WAIT.leastMs + random() * (WAIT.mostMs - WAIT.leastMs)
    if (saved < 1 || left() < ms + WAIT.leftMs) return false
    saved--
    await wait(ms, signal)
    return true
  }

  return async (exchange, deadline) => {
    saved = Math.min(saved + BUDGET.share, BUDGET.saved)
    try {
      const answer = await exchange(false)
      if (!PASSING.has(answer.status) || !await mayRetry(askedMs(answer), deadline)) return answer
    } catch (error) {
      if (!isBeforeAnswer(error) || !await mayRetry(0, deadline)) throw error
    }
    return exchange(true)
  }
}

/** Milliseconds that the answer asks to wait. */
function askedMs ({ headers }: Exchange): number {
  return (retryAfterSeconds(headers['retry-after'], Date.now()) ?? 0) * 1_000
}
