import { readFileSync } from 'node:fs'
import { BlockList } from 'node:net'
import t from 'tap'
import { parse } from 'yaml'
import { EnvironmentSchema } from '../../src/schemas/environment.js'
import { testConfig } from '../helpers/environment.js'

/* What `docker compose up` runs, held to what is said of it. */

interface Service {
  image: string
  user?: string
  environment?: Record<string, string>
  command?: string[]
  ports?: string[]
  volumes?: string[]
  networks: string[] | Record<string, { ipv4_address: string }>
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test: string[] }
  stop_grace_period?: string
  read_only: boolean
  cap_drop: string[]
  security_opt: string[]
  mem_limit: string
  pids_limit: number
}

const { services, networks } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as {
  services: Record<'broker-1' | 'broker-2' | 'nginx' | 'redis', Service>
  networks: Record<'front' | 'limits', { internal?: boolean, ipam?: { config: Array<{ subnet: string }> } }>
}
const networksOf = ({ networks }: Service) => Array.isArray(networks) ? networks : Object.keys(networks)

for (const [name, service] of Object.entries(services)) {
  t.test(`${name} has no rights, no root file system to write to, and bounds`, async (t) => {
    t.equal(service.read_only, true)
    t.strictSame(service.cap_drop, ['ALL'])
    t.strictSame(service.security_opt, ['no-new-privileges:true'])
    t.match(service.mem_limit, /^\d+m$/)
    t.ok(service.pids_limit > 0)
  })
}

t.test('there are two replicas, which differ in nothing but their addresses', async (t) => {
  const [{ networks: first, ...one }, { networks: second, ...other }] = [services['broker-1'], services['broker-2']]
  t.strictSame(one, other)
  t.strictSame(Object.keys(first), ['front', 'limits'])
  t.strictSame(Object.keys(second), ['front', 'limits'])
})

t.test('nginx alone is reached from outside, on loopback, and no privileged port is wanted of it', async (t) => {
  t.strictSame(Object.entries(services).filter(([, { ports }]) => ports !== undefined).map(([name]) => name), ['nginx'])
  t.match(services.nginx.ports, [/^127\.0\.0\.1:.+:8080$/])
  t.match(services.nginx.image, /^nginxinc\/nginx-unprivileged:/)
})

t.test('Redis is reached by the replicas alone, and has no way out', async (t) => {
  t.strictSame(networksOf(services.redis), ['limits'])
  t.notOk(networksOf(services.nginx).includes('limits'))
  t.equal(networks.limits.internal, true)
  t.not(services.redis.user, undefined)
})

t.test('Redis keeps nothing, and where counts are too many the one that ends first goes', async (t) => {
  const command = services.redis.command?.join(' ')
  for (const option of ['--save  ', '--appendonly no', '--maxmemory 64mb', '--maxmemory-policy volatile-ttl']) t.match(command, option)
})

t.test('the replicas trust nginx\'s address and no other', async (t) => {
  const { front } = services.nginx.networks as Record<string, { ipv4_address: string }>
  t.equal(services['broker-1'].environment?.['TRUSTED_PROXIES'], front?.ipv4_address)
  const [subnet = ''] = networks.front.ipam?.config.map(({ subnet }) => subnet) ?? []
  const addresses = [services.nginx, services['broker-1'], services['broker-2']].map(({ networks }) => (networks as Record<string, { ipv4_address: string }>)['front']?.ipv4_address ?? '')
  t.equal(new Set(addresses).size, 3)
  const [address = '', bits] = subnet.split('/')
  const network = new BlockList()
  network.addSubnet(address, Number(bits))
  for (const address of addresses) t.ok(network.check(address), address)
})

t.test('the environment of the replicas is one that the broker takes', async (t) => {
  const environment = services['broker-1'].environment ?? {}
  for (const name of Object.keys(environment)) t.ok(name in EnvironmentSchema.properties, name)
  const { server, limits, upstream } = testConfig(environment)
  t.ok(limits.redisUrl !== undefined, 'limits are shared')
  t.ok(server.shutdownTimeoutMs >= upstream.timeoutMs + 2_000)
  const [, failTimeout = ''] = /fail_timeout=(\d+)s/.exec(readFileSync('deploy/nginx.conf', 'utf8')) ?? []
  t.ok(server.shutdownDelayMs > Number(failTimeout) * 1_000, 'nginx notices in time')
  const grace = Number(services['broker-1'].stop_grace_period?.replace('s', '')) * 1_000
  t.ok(grace > server.shutdownDelayMs + server.shutdownTimeoutMs, 'nothing is cut off')
})

t.test('nginx waits for the replicas, and they for Redis', async (t) => {
  t.strictSame(services.nginx.depends_on, { 'broker-1': { condition: 'service_healthy' }, 'broker-2': { condition: 'service_healthy' } })
  t.strictSame(services['broker-1'].depends_on, { redis: { condition: 'service_healthy' } })
  t.ok(services.redis.healthcheck)
})

t.test('nginx has the file of deploy', async (t) => {
  t.strictSame(services.nginx.volumes, ['./deploy/nginx.conf:/etc/nginx/nginx.conf:ro'])
})
