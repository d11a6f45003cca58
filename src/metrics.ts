import { Counter, Gauge, Registry } from 'prom-client'
import type { Watcher } from './availability.js'
import { circuitStates } from './upstream/circuit.js'
import type { Upstream } from './upstream/upstream.js'

/** Before each name. */
const PREFIX = 'vault_session_broker_'

/** What is measured, for Prometheus. Each label is one of a few words of ours: none is a caller's. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #dependencies = new Gauge({
    name: `${PREFIX}dependency_up`,
    help: 'Whether what it depends on could be used when it last tried: 1, or 0.',
    labelNames: ['dependency'],
    registers: [this.#registry],
  })

  readonly #losses = new Counter({
    name: `${PREFIX}dependency_losses_total`,
    help: 'How often what it depends on could be used no longer.',
    labelNames: ['dependency'],
    registers: [this.#registry],
  })

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

  /** Asks, each time that it is read, how it stands with the calls to Apideck. */
  reading (upstream: Pick<Upstream, 'standing'>): void {
    const gauges = [
      new Gauge({
        name: `${PREFIX}circuit_state`,
        help: 'The state of the circuit to Apideck: 1 for the one that it is in, 0 for the others.',
        labelNames: ['state'],
        registers: [],
        collect () {
          for (const state of circuitStates) this.set({ state }, Number(state === upstream.standing.circuit))
        },
      }),
      new Gauge({
        name: `${PREFIX}upstream_calls_in_flight`,
        help: 'Calls to Apideck under way, with the pause before a retry.',
        registers: [],
        collect () { this.set(upstream.standing.inFlight) },
      }),
      new Gauge({
        name: `${PREFIX}upstream_calls_waiting`,
        help: 'Calls to Apideck that wait for one under way to end.',
        registers: [],
        collect () { this.set(upstream.standing.waiting) },
      }),
    ]
    for (const gauge of gauges) this.#registry.registerMetric(gauge)
  }

  get contentType (): string {
    return this.#registry.contentType
  }

  /** All of it, in the text format of Prometheus. */
  text (): Promise<string> {
    return this.#registry.metrics()
  }
}
