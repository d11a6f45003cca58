/**
 * `npm run bench`: the broker beside what else people put between a browser and Apideck, in one run. docs/performance.md
 * says how to read it.
 *
 *   npm run bench                        all of it; the figures go to bench/figures.json too
 *   npm run bench -- --rounds 3          shorter; 9 rounds unless told
 *   npm run bench -- --against DIR       the broker beside another build of it, such as another checkout's dist
 *   npm run bench -- --instructions      the same by instructions, which needs valgrind; with --against, or alone
 *   npm run bench -- --profile FILE      what the broker does meanwhile, for Chromium's developer tools
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startApideck } from './apideck.js'
import { costOf, costOfSignature, measureCosts, memoryAfter } from './cost.js'
import { goalsOf, rowsOf, table, type Figures } from './figures.js'
import { countInstructions } from './instructions.js'
import { startIssuer } from './issuer.js'
import { measureLatencies } from './latency.js'
import { measureStarts } from './ready.js'
import { inRounds } from './rounds.js'
import { BODIES, CONNECTIONS, measureBodies, measureConnections } from './shape.js'
import { median, ratioOf } from './statistics.js'
import { Stage, names, type Subject } from './subjects.js'

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, against: { type: 'string' }, instructions: { type: 'boolean' }, profile: { type: 'string' } },
})
const rounds = Number(options.rounds)
/** Of a round. Rounds are short and many: a machine that others use is fast and slow by turns. */
const SESSIONS = 1_000
const MEMORY_AFTER = 100_000
const UPSTREAM_MS = 1

const apideck = await startApideck(UPSTREAM_MS)
const issuer = await startIssuer(64)
const stage = new Stage(apideck.port, issuer)
try {
  if (options.instructions === true) await compareInstructions(options.against)
  else if (options.against !== undefined) await compareBuilds(options.against)
  else if (options.profile !== undefined) await writeProfile(options.profile)
  else report(await measureAll())
} finally {
  stage.close()
  issuer.close()
  apideck.close()
}
process.exit()

async function measureAll (): Promise<Figures> {
  say(`Node ${process.version}, ${rounds} rounds`)
  const subjects: Subject[] = []
  for (const name of names) subjects.push(await stage.start(name))
  const [bare, broker] = [subjectOf(subjects, 'bare'), subjectOf(subjects, 'broker')]

  say('what a session costs')
  const costs = await measureCosts(subjects, rounds * 3, SESSIONS)
  const signature = (await inRounds(rounds * 3, [() => costOfSignature(issuer, SESSIONS)])).flat()
  const capacity = 1e6 / median(costs[names.indexOf('broker')] ?? [])

  say('how long answers take')
  const perSecond = Math.round(capacity / 2)
  const direct = { port: apideck.port, text: bare.text }
  const latencies = await measureLatencies([direct, bare, broker], { rounds, seconds: 2, perSecond })
  const [ofDirect = [], ofBare = [], ofBroker = []] = latencies.map((each) => each.map(({ p99 }) => p99))

  say('with more connections, and with larger bodies')
  const connections = { bare: await measureConnections(bare, rounds, SESSIONS), broker: await measureConnections(broker, rounds, SESSIONS) }
  const bodies = await measureBodies(broker, rounds, SESSIONS)
  for (const subject of subjects) await subject.stop()

  say(`memory after ${MEMORY_AFTER} sessions`)
  const megabytes: number[] = []
  for (const name of names) {
    const subject = await stage.start(name)
    megabytes.push(await memoryAfter(subject, MEMORY_AFTER))
    await subject.stop()
  }

  say('starts')
  const programs = names.filter((name) => name !== 'nginx')
  const starts = await measureStarts(programs.map((name) => () => stage.start(name)), rounds)
  return {
    node: process.version,
    servers: names.map((name, i) => ({
      name,
      costs: costs[i] ?? [],
      megabytes: megabytes[i] ?? NaN,
      starts: (starts[programs.findIndex((program) => program === name)] ?? []).map(({ ms }) => ms),
    })),
    signature,
    latency: { perSecond, direct: ofDirect, bare: ofBare, broker: ofBroker },
    connections: {
      bare: CONNECTIONS.map((count, i) => [count, connections.bare[i] ?? []]),
      broker: CONNECTIONS.map((count, i) => [count, connections.broker[i] ?? []]),
    },
    bodies: BODIES.map((bytes, i) => [bytes, bodies[i] ?? []]),
  }
}

function report (figures: Figures): void {
  const { signature, latency, connections, bodies } = figures
  say(`\n${table(['server', 'CPU µs a session', '× bare', 'ready ms', '× bare', 'MB', '× bare'], rowsOf(figures))}`)
  say(`\nThe check of one token: ${median(signature).toFixed(0)} µs. p99 at ${latency.perSecond} a second: direct ${median(latency.direct).toFixed(1)} ms, bare ${median(latency.bare).toFixed(1)}, broker ${median(latency.broker).toFixed(1)}.`)
  const costs = (each: ReadonlyArray<[number, number[]]>) => each.map(([what, costs]) => `${what}: ${median(costs).toFixed(0)}`).join(', ')
  say(`µs a session by connections: ${costs(connections.broker)}; by bytes of the body: ${costs(bodies)}.`)
  say(`\n${table(['goal', 'wanted', 'measured', ''], goalsOf(figures).map(({ goal, wanted, measured, isMet }) => [goal, wanted, measured, isMet ? 'met' : 'not met']))}`)
  writeFileSync('bench/figures.json', `${JSON.stringify(figures, undefined, 2)}\n`)
}

async function compareBuilds (directory: string): Promise<void> {
  for (const name of ['broker', 'broker, jwt'] as const) {
    const [theirs, ours] = [await stage.start(name, { build: resolve(directory) }), await stage.start(name)]
    const [before = [], after = []] = await measureCosts([theirs, ours], rounds * 5, SESSIONS)
    const { median: ratio, from, to } = ratioOf(after, before)
    say(`${name}: ${ratio.toFixed(3)} of the CPU a session (${from.toFixed(3)} to ${to.toFixed(3)})`)
    await theirs.stop()
    await ours.stop()
  }
}

async function compareInstructions (directory: string | undefined): Promise<void> {
  const ours = await countInstructions((under) => stage.start('broker', { under }))
  say(`${ours} instructions a session`)
  if (directory === undefined) return
  const theirs = await countInstructions((under) => stage.start('broker', { under, build: resolve(directory) }))
  say(`${(ours / theirs).toFixed(3)} of the ${theirs} there`)
}

async function writeProfile (file: string): Promise<void> {
  const broker = await stage.start('broker')
  await costOf(broker, 20_000)
  const profile = await broker.profile?.(() => costOf(broker, 20_000))
  writeFileSync(file, JSON.stringify(profile))
}

function subjectOf (subjects: readonly Subject[], name: typeof names[number]): Subject {
  const subject = subjects[names.indexOf(name)]
  if (subject === undefined) throw new TypeError(`${name} is not there`)
  return subject
}

function say (text: string): void {
  console.log(text)
}
