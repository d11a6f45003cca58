import type { Breaches } from './breaches.js'
import type { Measure } from './probe.js'

/** What the steady replica had at some moment, and how many requests it had been sent by then. */
export interface Sample extends Measure {
  requests: number
}

/**
 * What the heap may have grown by from the end of the warm-up to the end, all in all, and with each request from sample
 * to sample. What is kept on purpose (counts in memory while Redis is away, compiled code) fits into the first.
 */
const GROWTH = { bytes: 12 * 2 ** 20, bytesPerRequest: 50 }

/** So many samples, and requests between the first and the last, tell a slope from chance. */
const SLOPE = { samples: 10, requests: 80_000 }

const MB = 2 ** 20

/** Holds the heap after collections to its bounds. */
export function judgeHeap (samples: readonly Sample[], breaches: Breaches): void {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return
  const grown = last.heap - first.heap
  if (grown > GROWTH.bytes) {
    breaches.add('heap', `from ${(first.heap / MB).toFixed(1)} to ${(last.heap / MB).toFixed(1)} MiB over ${last.requests - first.requests} requests`)
  }
  const slope = slopeOf(samples)
  if (slope !== undefined && slope > GROWTH.bytesPerRequest) breaches.add('heap', `${slope.toFixed(0)} bytes with each request`)
}

/**
 * Bytes with each request: the middle one of the slopes between any two samples, the first third left out (Theil and
 * Sen). What happened to be under way at one sample or another does not move it.
 */
export function slopeOf (samples: readonly Sample[]): number | undefined {
  const late = samples.slice(Math.floor(samples.length / 3))
  const [first] = late
  const last = late.at(-1)
  if (first === undefined || last === undefined || late.length < SLOPE.samples || last.requests - first.requests < SLOPE.requests) return undefined
  const slopes = late.flatMap((a, i) => late.slice(i + 1)
    .filter((b) => b.requests > a.requests)
    .map((b) => (b.heap - a.heap) / (b.requests - a.requests)))
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)]
}
