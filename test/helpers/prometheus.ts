import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'
import { freePort } from '../../demo/ports.js'
import { startPrometheus } from '../../demo/replicas/prometheus.js'

/** One series of an answer: its labels, and its value at that moment. */
export interface Sample {
  labels: Record<string, string>
  value: number
}

/** A real Prometheus, with the files of `deploy/prometheus`, that scrapes these two twice a second. Closed with the test. */
export async function prometheusOf (t: Test, targets: readonly [string, string]) {
  const port = await freePort(0)
  const prometheus = await startPrometheus({ port, targets, every: '500ms' })
  t.teardown(prometheus.close)
  return prometheusAt(`http://127.0.0.1:${port}`)
}

/** Asks a Prometheus. */
export function prometheusAt (url: string) {
  /** @throws Error with what Prometheus has to say against the expression */
  async function query (expression: string): Promise<Sample[]> {
    const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: expression }) })
    const { data, error } = await response.json() as { data?: { result: Array<{ metric: Record<string, string>, value: [number, string] }> }, error?: string }
    if (data === undefined) throw new Error(`${error}: ${expression}`)
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
  }

  return {
    query,
    /** Resolves once both targets have been scraped that often. */
    async scraped (times: number): Promise<void> {
      const isDone = (samples: Sample[]) => samples.length === 2 && samples.every(({ value }) => value >= times)
      while (!isDone(await query('sum_over_time(up[10m])'))) await wait(100)
    },
    /** The rules that it has read, each with whether it could be evaluated. */
    async rules () {
      const response = await fetch(`${url}/api/v1/rules`)
      const { data } = await response.json() as { data: { groups: Array<{ rules: Array<{ name: string, health: string, state?: string }> }> } }
      return data.groups.flatMap(({ rules }) => rules)
    },
  }
}
