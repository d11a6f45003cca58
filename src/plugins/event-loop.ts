import { monitorEventLoopDelay } from 'node:perf_hooks'

/** For how long work lies waiting before it is its turn, as last measured. */
export interface EventLoop {
  /** Milliseconds. */
  readonly delayMs: number
  close (): void
}

/** The lesser of the last two samples: a process that stood still once, since its host did, has no more to do than before. */
export function createSamples () {
  let [before, latest] = [0, 0]
  return {
    add (ms: number): void {
      [before, latest] = [latest, ms]
    },
    get lesser () {
      return Math.min(before, latest)
    },
  }
}

/** Measures the mean of each sample. */
export function watchEventLoop (sampleMs: number): EventLoop {
  const resolutionMs = 10
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  const samples = createSamples()
  const sampling = setInterval(() => {
    // Nothing was measured where all of the sample was one wait.
    samples.add(histogram.count === 0 ? sampleMs : histogram.mean / 1e6 - resolutionMs)
    histogram.reset()
  }, sampleMs).unref()
  return {
    get delayMs () {
      return samples.lesser
    },
    close () {
      clearInterval(sampling)
      histogram.disable()
    },
  }
}
