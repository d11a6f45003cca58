/**
 * `npm run scaling`: what a session costs each process that has a part in it, by the processor's time that the kernel
 * accounts to it, and what a consumer costs in Redis. The ways of counting and of knowing callers are asked in turn, round
 * after round, and the medians told. It wants `redis-server` and `nginx`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startIssuer } from './issuer.js'
import { load } from './load.js'
import { cpuMs, megabytes, start } from './process.js'
import { freePort, startProgram } from './program.js'
import { median } from './statistics.js'

const ROUNDS = Number(process.argv[2] ?? 7)
const SECONDS = 1.5
const CLIENTS = 32
const KEYS = 20_000
const GATEWAY_SECRET = 'scaling-0123456789'

const directory = mkdtempSync(join(tmpdir(), 'vault-session-broker-'))
const [redisPort, nginxPort] = [await freePort(), await freePort()]

const redis = await startProgram('redis-server', ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], redisPort)
const upstream = await start('./upstream.js', ['1'])
const issuer = await startIssuer(CLIENTS)

const common = {
  HOST: '127.0.0.1',
  PORT: '0',
  APIDECK_API_KEY: 'scaling-0123456789',
  APIDECK_APP_ID: 'scaling',
  APIDECK_BASE_URL: `http://127.0.0.1:${upstream.port}`,
  RATE_LIMIT_MAX: '1000000',
}
const gateway = { IDENTITY: 'gateway', GATEWAY_SECRET, TRUSTED_PROXIES: '127.0.0.1' }
const jwt = { IDENTITY: 'jwt', JWT_ISSUER: issuer.url, JWT_AUDIENCE: 'broker' }
const shared = { REDIS_URL: `redis://127.0.0.1:${redisPort}` }
const broker = (variables: Record<string, string>) => start('../dist/server.js', [], { ...common, ...variables })

const [inMemory, inRedis, tokens, tokensInRedis] = [await broker(gateway), await broker({ ...gateway, ...shared }), await broker(jwt), await broker({ ...jwt, ...shared })]
const nginx = await startProgram('nginx', ['-p', directory, '-c', nginxConfiguration(inMemory.port), '-e', 'stderr', '-g', 'daemon off; master_process off;'], nginxPort)

const byGateway = (client: number) => `x-gateway-secret: ${GATEWAY_SECRET}\r\nx-consumer-id: consumer-${client}\r\nsec-fetch-site: same-origin\r\n`
const byToken = (client: number) => `authorization: Bearer ${issuer.tokenOf(client)}\r\n`

/** What is asked, and whose processor counts. */
const ways = [
  { what: 'broker: gateway, limits in memory', port: inMemory.port, pid: inMemory.child.pid, headers: byGateway },
  { what: 'broker: gateway, limits in Redis', port: inRedis.port, pid: inRedis.child.pid, headers: byGateway },
  { what: 'Redis, for that', port: inRedis.port, pid: redis.pid, headers: byGateway },
  { what: 'broker: jwt, limits in memory', port: tokens.port, pid: tokens.child.pid, headers: byToken },
  { what: 'broker: jwt, limits in Redis', port: tokensInRedis.port, pid: tokensInRedis.child.pid, headers: byToken },
  { what: 'nginx, before a broker', port: nginxPort, pid: nginx.pid, headers: byGateway },
]

const costs = ways.map((): number[] => [])
const before = commands(await askRedis('INFO commandstats'))
let asked = 0
for (let round = -1; round < ROUNDS; round++) {
  for (const [i, { port, pid, headers }] of ways.entries()) {
    const since = cpuMs(pid)
    const { sessions, others } = await load(port, { clients: CLIENTS }, SECONDS, headers)
    if (others > 0) throw new Error(`${others} answers were no sessions`)
    if (port === inRedis.port || port === tokensInRedis.port) asked += sessions.length
    // The first round warms up.
    if (round >= 0) costs[i]?.push((cpuMs(pid) - since) * 1_000 / sessions.length)
  }
}

const [first = []] = costs
console.log('microseconds of processor a session, median of rounds; and as a multiple of the first, median of ratios')
for (const [i, { what, pid }] of ways.entries()) {
  const each = costs[i] ?? []
  console.log(`  ${what.padEnd(36)} ${median(each).toFixed(0).padStart(5)}   ${median(each.map((cost, round) => cost / (first[round] ?? NaN))).toFixed(2)}   ${megabytes(pid)} MB`)
}
const after = commands(await askRedis('INFO commandstats'))
console.log(`Redis ran ${((after - before) / asked).toFixed(2)} scripts a session`)
console.log(`Redis takes ${await bytesPerKey()} bytes a consumer of ${KEYS}`)

issuer.close()
for (const one of [inMemory, inRedis, tokens, tokensInRedis, upstream, nginx, redis]) await one.stop()
rmSync(directory, { recursive: true })

/** How many scripts Redis has run. */
function commands (info: string): number {
  return Number(/cmdstat_eval:calls=(\d+)/.exec(info)?.[1] ?? 0)
}

/** What a key of the broker's form takes there. */
async function bytesPerKey (): Promise<number> {
  const used = async () => Number(/used_memory:(\d+)/.exec(await askRedis('INFO memory'))?.[1])
  const before = await used()
  await askRedis(Array.from({ length: KEYS }, (_, i) => `SET vault-session-broker:session:consumer-${100_000 + i} 1 PX 60000`).join('\r\n'), KEYS)
  return Math.round((await used() - before) / KEYS)
}

/** Sends commands to Redis in its inline form, and reads until so many answers have come, or one text. */
async function askRedis (lines: string, answers = 0): Promise<string> {
  const socket = connect(redisPort, '127.0.0.1').setEncoding('utf8')
  socket.write(`${lines}\r\n`)
  let text = ''
  for await (const chunk of socket) {
    text += String(chunk)
    if (answers === 0 ? text.endsWith('\r\n') : text.length >= answers * '+OK\r\n'.length) break
  }
  return text
}

/** The file of `deploy`, before one broker. */
function nginxConfiguration (port: number): string {
  const file = join(directory, 'nginx.conf')
  writeFileSync(file, readFileSync('deploy/nginx.conf', 'utf8')
    .replaceAll('/tmp/', `${directory}/`)
    .replace('access_log /dev/stdout broker', `access_log ${directory}/access.log broker`)
    .replaceAll('listen 8080', `listen 127.0.0.1:${nginxPort}`)
    .replace(/server broker-1:3000[^;]*;/, `server 127.0.0.1:${port};`)
    .replace(/server broker-2:3000[^;]*;/, '')
    // The sign-in service would set it.
    .replace('proxy_set_header X-Consumer-Id ""', 'proxy_set_header X-Consumer-Id nginx')
    .replace('proxy_set_header X-Gateway-Secret ""', `proxy_set_header X-Gateway-Secret ${GATEWAY_SECRET}`))
  return file
}
