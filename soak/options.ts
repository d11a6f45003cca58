import { parseArgs } from 'node:util'
import { breakages, type Breakage } from './sabotage.js'

export const usage = `Usage: npm run soak -- [options]

  --minutes N     how long faults are switched on and off (1)
  --rate N        requests a second (200)
  --seed N        what chance begins with; it is printed, and the same one gives the same course of faults
  --only TEXT     none but the faults whose name has this in it; may be given several times
  --without TEXT  not these
  --json FILE     writes the report there, too
  --log FILE      keeps what the brokers log
  --break WHAT    breaks the broker, to show that the soak notices: ${breakages.join(', ')}; may be given several times
  --help          shows this
`

/** What to run. */
export interface Options {
  minutes: number
  rate: number
  seed: number
  only: readonly string[]
  without: readonly string[]
  json: string | undefined
  log: string | undefined
  breakages: readonly Breakage[]
}

/**
 * Reads the arguments; `undefined` where help is asked for.
 *
 * @throws Error that says what is wrong with them
 */
export function readOptions (args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '1' },
      rate: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
      only: { type: 'string', multiple: true, default: [] },
      without: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      log: { type: 'string' },
      break: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  return {
    minutes: numberIn('--minutes', values.minutes, 0, 1_440),
    rate: numberIn('--rate', values.rate, 1, 5_000),
    seed: numberIn('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    only: values.only,
    without: values.without,
    json: values.json,
    log: values.log,
    breakages: values.break.map(breakageIn),
  }
}

function numberIn (name: string, text: string, least: number, most: number): number {
  const number = Number(text)
  if (text === '' || Number.isNaN(number) || number < least || number > most) throw new Error(`${name} must be a number from ${least} to ${most}`)
  return number
}

function breakageIn (text: string): Breakage {
  const breakage = breakages.find((name) => name === text)
  if (breakage === undefined) throw new Error(`--break must be one of ${breakages.join(', ')}`)
  return breakage
}
