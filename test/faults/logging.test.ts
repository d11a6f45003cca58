import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { send } from '../helpers/broker.js'
import { API_KEY, environment } from '../helpers/environment.js'
import { startLoad } from '../helpers/load.js'
import { createPipe } from '../helpers/named-pipe.js'
import { runMute, startMute } from '../helpers/process.js'
import { TOKEN_CANARY, httpUpstream } from '../helpers/upstream.js'

/*
 * Standard output that takes no lines: sign-ins go on, what is lost is counted, nothing spins, nothing grows, and the end
 * comes as ever. Each request leaves two lines, its own and its audit event, of some 600 bytes together.
 */

const REQUEST = 'POST /vault-session HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'

/** Requests whose lines are more than a pipe and the broker hold between them. */
const MANY = 3_000

type Server = Awaited<ReturnType<typeof startMute>>

async function startWith (t: Test, stdout: number, variables: Record<string, string> = {}, program: 'src/server.ts' | 'dist/server.js' = 'dist/server.js') {
  const { url } = await httpUpstream(t)
  const server = await startMute(t, { ...environment, APIDECK_BASE_URL: url, RATE_LIMIT_MAX: '1000000', ...variables }, { stdout }, { program })
  closeSync(stdout)
  return server
}

/** So many requests over twenty connections, each of which is answered with a session. */
async function request (t: Test, { port }: Server, count: number): Promise<number> {
  const load = startLoad(t, { connect: () => connect(port, '127.0.0.1'), request: REQUEST, connections: 20, pauseMs: 0 })
  await load.answers(count)
  const { sent, statuses, lost } = await load.stop()
  t.match({ statuses, lost }, { statuses: { 200: sent }, lost: 0 }, 'each is answered')
  return sent
}

/** Milliseconds of CPU that a process has used, and bytes of memory that it has. */
function usage (pid: number | undefined): { cpuMs: number, bytes: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, bytes: Number(fields[21]) * 4_096 }
}

const parse = (text: string) => text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)

/** What may be behind standard output and standard error, and what becomes of it once the broker is up. */
const rows: Array<[what: string, open: (t: Test) => { stdout: number, then?: () => void }]> = [
  ['a disk that is full', () => ({ stdout: openSync('/dev/full', 'w') })],
  ['a pipe that nobody reads', (t) => ({ stdout: createPipe(t).writer() })],
  ['a pipe whose reader has gone', (t) => {
    const pipe = createPipe(t)
    return { stdout: pipe.writer(), then: pipe.close }
  }],
]

for (const [what, open] of rows) {
  t.test(`behind standard output and standard error there is ${what}: everybody is served, and the end is as ever`, async (t) => {
    const { stdout, then } = open(t)
    const server = await startWith(t, stdout)
    then?.()
    await request(t, server, MANY)
    const before = usage(server.pid)
    await wait(1_000)
    const after = usage(server.pid)
    t.ok(after.cpuMs - before.cpuMs < 300, `of a second in which nobody asks, ${after.cpuMs - before.cpuMs} ms are spent`)
    await request(t, server, MANY)
    const growth = usage(server.pid).bytes - after.bytes
    t.ok(growth < 64 * 1_048_576, `${growth} bytes more after as many requests again`)

    const started = performance.now()
    server.kill('SIGTERM')
    t.equal(await server.exit, 0)
    t.ok(performance.now() - started < 8_000)
  })
}

for (const [what, variables, code] of [['one that is right with 0', environment, 0], ['one that is not with 1', {}, 1]] as const) {
  t.test(`a check of the configuration that nobody can be told of ends as ever: ${what}`, async (t) => {
    const stdout = openSync('/dev/full', 'w')
    t.equal(await runMute(variables, ['--check-config'], { stdout }), code)
    closeSync(stdout)
  })
}

const healing: Array<[what: string, failure: string, breakDown: (pipe: ReturnType<typeof createPipe>) => void, mend: (pipe: ReturnType<typeof createPipe>) => void]> = [
  ['a pipe that is read again', 'EAGAIN', () => {}, () => {}],
  ['a pipe that has a reader again', 'EPIPE', (pipe) => pipe.close(), (pipe) => pipe.open()],
]

for (const [what, failure, breakDown, mend] of healing) {
  t.test(`${what}: lines are whole and in order, one says how many are missing, and it goes on`, async (t) => {
    const pipe = createPipe(t)
    const server = await startWith(t, pipe.writer(), {}, 'src/server.ts')
    await pipe.readUntil('Server listening')
    breakDown(pipe)
    const answered = await request(t, server, MANY)
    mend(pipe)
    await pipe.readUntil('"msg":"log lines were lost"')
    const { headers } = await send(`${server.url}/vault-session`, { method: 'POST' })
    await pipe.readUntil(`${headers['x-request-id']}`)
    server.kill('SIGTERM')
    const text = await pipe.readUntil('"msg":"stopped"')
    t.equal(await server.exit, 0)

    const lines = parse(text)
    const loss = lines.findIndex(({ msg }) => msg === 'log lines were lost')
    const { lost_lines: lost, lost_for_ms: ms, ...facts } = lines[loss] ?? {}
    t.match(facts, { level: 'error', failure })
    t.ok(Number(ms) > 0)
    const ofRequests = lines.slice(0, loss).filter(({ msg }) => msg === 'audit' || msg === 'request completed').length
    t.equal(ofRequests + Number(lost), 2 * answered, 'each line is there or counted')
    t.match(lines.slice(loss + 1).map(({ msg }) => msg), ['request completed', 'audit', 'stopping', 'stopped'])
    t.notOk(text.includes(API_KEY) || text.includes(TOKEN_CANARY))
  })
}

t.test('audit events that are lost are told of at any level', async (t) => {
  const pipe = createPipe(t)
  const server = await startWith(t, pipe.writer(), { LOG_LEVEL: 'silent' })
  const answered = await request(t, server, 2 * MANY)
  const text = await pipe.readUntil('"msg":"log lines were lost"')
  const lines = parse(text.slice(0, text.lastIndexOf('\n')))
  const audits = lines.filter(({ msg }) => msg === 'audit').length
  t.equal(audits + Number(lines.find(({ lost_lines: lost }) => lost !== undefined)?.['lost_lines']), answered)
})

t.test('lines that wait as the process ends are written, if somebody takes them', async (t) => {
  const pipe = createPipe(t)
  const server = await startWith(t, pipe.writer())
  const answered = await request(t, server, 500)
  server.kill('SIGTERM')
  const lines = parse(await pipe.readUntil('"msg":"stopped"'))
  t.equal(lines.filter(({ msg }) => msg === 'audit').length, answered)
  t.equal(lines.at(-1)?.['msg'], 'stopped')
  t.equal(await server.exit, 0)
})
