import { parseArgs } from 'node:util'
import { run } from './run.js'
import { describe } from './report.js'

/*
 * `npm run fuzz -- --cases 1000000 --seed 42`: as many cases as asked for, the same ones for the same seed. Exits with 1
 * where one of them shows a fault.
 */

const { values } = parseArgs({ options: { cases: { type: 'string', default: '10000' }, seed: { type: 'string', default: String(Date.now() % 2 ** 31) } } })
const seed = Number(values.seed)
const result = await run({ cases: Number(values.cases), seed, progress: (line) => console.error(line) })
console.log(describe(result, seed).join('\n'))
process.exitCode = result.faults.length === 0 ? 0 : 1
