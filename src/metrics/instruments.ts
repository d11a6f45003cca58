import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Before each name. */
const PREFIX = 'vault_session_broker_'

/** Seconds: from what costs next to nothing to what no call may take. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Makes instruments that one registry tells of. */
export class Instruments {
  readonly #registry: Registry

  constructor (registry: Registry) {
    this.#registry = registry
  }

  counter<Label extends string = never> (name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ ...this.#named(name, help), labelNames })
  }

  /** Makes what counts each of a few words. It tells of all of them from the start, so that the first rise is seen. */
  tally (name: string, help: string, label: string, words: readonly string[]): (word: string) => void {
    const counter = this.counter(name, help, [label])
    for (const word of words) counter.inc({ [label]: word }, 0)
    return (word) => counter.inc({ [label]: word })
  }

  /** Tells how it stands, asked each time that it is read. */
  gauge<Label extends string = never> (name: string, help: string, labelNames: Label[], collect?: (gauge: Gauge<Label>) => void): Gauge<Label> {
    return new Gauge({ ...this.#named(name, help), labelNames, ...(collect && { collect () { collect(this) } }) })
  }

  /** Sorts durations, in seconds. */
  histogram<Label extends string> (name: string, help: string, labelNames: Label[]): Histogram<Label> {
    return new Histogram({ ...this.#named(name, help), labelNames, buckets: BUCKETS })
  }

  #named (name: string, help: string) {
    return { name: `${PREFIX}${name}`, help, registers: [this.#registry] }
  }
}
