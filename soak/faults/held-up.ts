import { LINGERS_MS, type Fault } from './fault.js'

/** The machine did other things, and the broker, or what it needed of the soak, came late. Noted, not made. */
export const heldUp: Fault = {
  name: 'the machine had no time for the soak',
  touches: 'headers',
  isBusy: true,
  lastsMs: [0, 0],
  allows: ['503 overloaded', '504 upstream_timeout'],
  lingersMs: LINGERS_MS,
  slowerMs: 5_000,
  opensCircuit: true,
  begin: () => () => {},
}
