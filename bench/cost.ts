import { jwtVerify } from 'jose'
import type { Issuer } from './issuer.js'
import { Clients } from './load.js'
import { inRounds } from './rounds.js'
import type { Subject } from './subjects.js'

/** Clients that ask at once. */
const CLIENTS = 10

/** Sessions until what runs often is compiled. */
const WARM_UP = 15_000

/** Microseconds of processor that so many sessions cost a server, each. */
export async function costOf ({ port, text, usage }: Subject, sessions: number): Promise<number> {
  const clients = new Clients(port, text)
  try {
    await clients.connect(CLIENTS)
    return await awake(async () => {
      const before = await usage()
      await clients.askFor(sessions, CLIENTS)
      return ((await usage()).cpuMs - before.cpuMs) * 1_000 / sessions
    })
  } finally {
    clients.close()
  }
}

/** What a session costs each of several servers, in each round, once they are warm. */
export async function measureCosts (subjects: readonly Subject[], rounds: number, sessions: number): Promise<number[][]> {
  for (const subject of subjects) await costOf(subject, WARM_UP)
  return inRounds(rounds, subjects.map((subject) => () => costOf(subject, sessions)))
}

/** Megabytes that a server has once it has minted so many sessions. */
export async function memoryAfter (subject: Subject, sessions: number): Promise<number> {
  // Over new connections each time: the broker takes 10,000 requests of one.
  const portion = sessions / 10
  for (let minted = 0; minted < sessions; minted += portion) await costOf(subject, portion)
  return (await subject.usage()).megabytes
}

/** Microseconds of processor that the check of one token costs alone, here. */
export async function costOfSignature ({ key, tokenOf }: Issuer, tokens: number): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < tokens; i++) await jwtVerify(tokenOf(i), key, { algorithms: ['ES256'] })
  const { user, system } = process.cpuUsage(before)
  return (user + system) / tokens
}

/**
 * Keeps this process, which is client and upstream, from sleeping meanwhile: to wake it is work that the system would
 * account to the server, and less of it to one that leaves the client no time to sleep.
 */
export async function awake<T> (work: () => Promise<T>): Promise<T> {
  let isOver = false
  const stay = () => { if (!isOver) setImmediate(stay) }
  stay()
  try {
    return await work()
  } finally {
    isOver = true
  }
}
