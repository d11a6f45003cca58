import { reaches, type Fault, type Outcome, type Reach } from './faults/fault.js'

/** A fault that is or was on. Milliseconds on the clock of `performance`. */
export interface Spell {
  fault: Fault
  from: number
  until: number
}

/** Spells that ended longer ago than this matter to no request any more. */
const FORGET_MS = 120_000

/** The circuit stays open for so long at most, and its probe may take a call's whole budget. */
const CIRCUIT = { capMs: 30_000, probeMs: 5_000 }

/** Which faults are on, which were, and what that allows. */
export class Weather {
  #spells: Spell[] = []
  readonly #counts = new Map<string, number>()

  /** @param from when it began, where that is only found out afterwards */
  begin (fault: Fault, from = performance.now()): Spell {
    const spell = { fault, from, until: Infinity }
    this.#counts.set(fault.name, (this.#counts.get(fault.name) ?? 0) + 1)
    this.#spells = [...this.#spells.filter(({ until }) => until > from - FORGET_MS), spell]
    return spell
  }

  end (spell: Spell): void {
    spell.until = performance.now()
  }

  /** From now on everything goes its usual way, whatever was. */
  clear (): void {
    this.#spells = []
  }

  /** How often each fault was on. */
  get counts (): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** The faults for which a request that got so far, between these moments, may have ended so. */
  excuses (outcome: Outcome, reach: Reach, from: number, to: number): Fault[] {
    const busy = this.#during(from, to).map(({ fault }) => fault).filter(({ isBusy }) => isBusy === true)
    const allowing = this.#spells.filter((spell) => this.#allows(spell, outcome, reach, from, to)).map(({ fault }) => fault)
    if (allowing.length > 0) return allowing
    return this.#during(from, to).some(({ fault }) => fault.allowsWhenBusy?.includes(outcome)) ? busy : []
  }

  /** Whether there are any. */
  allows (outcome: Outcome, reach: Reach, from: number, to: number): boolean {
    return this.excuses(outcome, reach, from, to).length > 0
  }

  /** Milliseconds by which an answer may be slower between these moments. */
  slowerMs (from: number, to: number): number {
    return Math.max(0, ...this.#during(from, to).map(({ fault }) => fault.slowerMs ?? 0))
  }

  moreCalls (from: number, to: number): number {
    return Math.max(0, ...this.#during(from, to).map(({ fault }) => fault.moreCalls ?? 0))
  }

  /** The names of what was on between these moments, or just before. */
  names (from: number, to: number): string {
    const names = this.#during(from, to).map(({ fault, until }) => `${fault.name}${until < from ? ' (over)' : ''}`)
    return [...new Set(names)].join(', ') || 'nothing'
  }

  #during (from: number, to: number): Spell[] {
    return this.#spells.filter((spell) => spell.from <= to && spell.until + spell.fault.lingersMs >= from)
  }

  #allows ({ fault, from: began, until }: Spell, outcome: Outcome, reach: Reach, from: number, to: number): boolean {
    if (began > to || !isAsFar(reach, fault.touches)) return false
    if (fault.sparesEarlier !== undefined && isAsFar(reach, fault.sparesEarlier) && from < began) return false
    if (fault.allows.includes(outcome) && from <= until + fault.lingersMs) return true
    return fault.opensCircuit === true && outcome === '503 overloaded' && from <= until + circuitMs(until - began)
  }
}

function isAsFar (reach: Reach, as: Reach): boolean {
  return reaches.indexOf(reach) >= reaches.indexOf(as)
}

/** How long the circuit may stay open after a fault of that length: its waits double from a second, some shorter by half. */
function circuitMs (lastedMs: number): number {
  return Math.min(2 * lastedMs + 1_000, CIRCUIT.capMs) + CIRCUIT.probeMs
}
