/** `npm run soak`: load on the real broker while everything around it fails now and then. Exits with 1 if a promise broke. */
import { writeFileSync } from 'node:fs'
import { readOptions, usage } from './options.js'
import { printReport } from './report.js'
import { runSoak } from './run.js'

const say = (text: string) => process.stdout.write(`${text}\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

try {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) say(usage)
  else {
    say(`seed ${options.seed}, ${options.rate} requests a second`)
    const report = await runSoak(options, say)
    say(printReport(report))
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`)
    process.exitCode = report.passed ? 0 : 1
  }
} catch (error) {
  process.stderr.write(`The soak could not run: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
