import { Registry, collectDefaultMetrics } from 'prom-client'
import type { Watcher } from '../availability.js'
import { circuitStates } from '../upstream/circuit.js'
import type { Upstream } from '../upstream/upstream.js'
import { version } from '../version.js'
import { Instruments } from './instruments.js'
import { createRequestMeter } from './requests.js'

/** Gauges of the library's that are named as counters are; each is a sum of the one without `_total`. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** What is measured, for Prometheus. Each label is one of a few words of ours: none is a caller's. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #instruments = new Instruments(this.#registry)
  /** How requests ended. */
  readonly requests = createRequestMeter(this.#instruments)
  readonly #dependencies = this.#instruments.gauge('dependency_up', 'Whether what it depends on could be used when it last tried: 1, or 0.', ['dependency'])
  readonly #losses = this.#instruments.counter('dependency_losses_total', 'How often what it depends on could be used no longer.', ['dependency'])

  constructor () {
    this.#instruments.gauge('build_info', 'What runs: always 1.', ['version', 'node']).set({ version, node: process.version }, 1)
    collectDefaultMetrics({ register: this.#registry })
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name)
  }

  /** Measures what a watcher hears of a dependency, which is there until it is lost. */
  watching (dependency: string, watcher: Watcher): Watcher {
    this.#dependencies.set({ dependency }, 1)
    this.#losses.inc({ dependency }, 0)
    return {
      lost: (facts) => {
        this.#dependencies.set({ dependency }, 0)
        this.#losses.inc({ dependency })
        watcher.lost(facts)
      },
      regained: (facts) => {
        this.#dependencies.set({ dependency }, 1)
        watcher.regained(facts)
      },
    }
  }

  /** Asks, each time that it is read, how it stands with the calls to Apideck, and with the connections of clients. */
  reading ({ upstream, connections }: { upstream: Pick<Upstream, 'standing'>, connections: { readonly count: number } }): void {
    this.#instruments.gauge('circuit_state', 'The state of the circuit to Apideck: 1 for the one that it is in, 0 for the others.', ['state'],
      (gauge) => circuitStates.forEach((state) => gauge.set({ state }, Number(state === upstream.standing.circuit))))
    this.#instruments.gauge('upstream_calls_in_flight', 'Calls to Apideck under way, with the pause before a retry.', [],
      (gauge) => gauge.set(upstream.standing.inFlight))
    this.#instruments.gauge('upstream_calls_waiting', 'Calls to Apideck that wait for one under way to end.', [],
      (gauge) => gauge.set(upstream.standing.waiting))
    this.#instruments.gauge('connections', 'Open connections of clients.', [], (gauge) => gauge.set(connections.count))
  }

  /** Makes what counts where limits are counted, where that can be in Redis. */
  counting (): (store: 'redis' | 'memory') => void {
    return this.#instruments.tally('counts_total', 'Counts of limits, by where: in Redis, or in memory while that is away.', 'store', ['redis', 'memory'])
  }

  /** Makes what counts how often the secrets of these variables are replaced. */
  replacing (variables: readonly string[]): (variable: string) => void {
    return this.#instruments.tally('secrets_replaced_total', 'Secrets that were replaced as their files changed.', 'variable', variables)
  }

  /** Makes what counts fetches of the issuer's keys. */
  fetching (): (result: 'success' | 'failure') => void {
    return this.#instruments.tally('issuer_key_fetches_total', 'Fetches of the keys of the issuer.', 'result', ['success', 'failure'])
  }

  get contentType (): string {
    return this.#registry.contentType
  }

  /** All of it, in the text format of Prometheus. */
  text (): Promise<string> {
    return this.#registry.metrics()
  }
}
