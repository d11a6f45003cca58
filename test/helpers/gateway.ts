import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { generate } from 'selfsigned'
import type { Test } from 'tap'
import { freePort } from '../../demo/ports.js'
import { fillIn, type Replacement } from '../../demo/replicas/file.js'
import { whileOpen } from '../../demo/while-open.js'
import type { Answer } from './broker.js'

/** The host name in the documented files. */
export const HOST = 'broker.example.com'
export const GATEWAY_SECRET = 'canary-sesame-0123456789'

/** What a documented file leaves to whoever runs it. Addresses with their ports. */
type Surroundings<Service extends string> = Record<Service, string> & { directory: string, port: number }

/** A program, and the documented file that tells it which services to stand before. */
export interface Gateway<Service extends string = 'broker' | 'signIn'> {
  program: 'nginx' | 'caddy'
  file: string
  /** The host name in the file. */
  host: string
  /** What stands in the file, each exactly so, and what is put in its place. */
  replacements: (around: Surroundings<Service>) => Replacement[]
  args: (directory: string) => string[]
}

const common = ({ directory, broker, signIn }: Surroundings<'broker' | 'signIn'>, program: string): Replacement[] => [
  ['127.0.0.1:3000', broker],
  ['127.0.0.1:4180', signIn],
  [`/etc/${program}/tls/${HOST}`, `${directory}/tls`],
  [`/var/log/${program}/broker.log`, `${directory}/access.log`],
]

const forNginx = ({ directory, port }: Surroundings<never>): Replacement[] => [
  ['listen 443', `listen 127.0.0.1:${port}`],
  ['error_log /var/log/nginx/error.log', 'error_log stderr'],
  // Where Debian's keeps its temporary files belongs to root.
  ['\nhttp {', `\nhttp {\n${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory}/${name};`).join('\n')}`],
]

export const nginx: Gateway = {
  program: 'nginx',
  file: 'docs/gateways/nginx.conf',
  host: HOST,
  replacements: (around) => [
    ...common(around, 'nginx'),
    ...forNginx(around),
    ['/etc/nginx/gateway-secret.conf', `${around.directory}/gateway-secret.conf`],
  ],
  args: (directory) => ['-p', directory, '-c', `${directory}/config`, '-e', 'stderr', '-g', `daemon off; master_process off; pid ${directory}/pid;`],
}

/** nginx with an app and the broker on one origin. */
export const sameOrigin: Gateway<'broker' | 'app'> = {
  ...nginx,
  file: 'docs/gateways/same-origin.conf',
  host: 'app.example.com',
  replacements: (around) => [
    ...forNginx(around),
    ['127.0.0.1:3000', around.broker],
    ['127.0.0.1:8080', around.app],
    ['/etc/nginx/tls/app.example.com', `${around.directory}/tls`],
    ['/var/log/nginx/app.log', `${around.directory}/access.log`],
  ],
}

export const caddy: Gateway = {
  program: 'caddy',
  file: 'docs/gateways/Caddyfile',
  host: HOST,
  replacements: (around) => [
    ...common(around, 'caddy'),
    [`${HOST} {`, `${HOST}:${around.port} {\n\tbind 127.0.0.1`],
  ],
  args: (directory) => ['run', '--config', `${directory}/config`, '--adapter', 'caddyfile'],
}

/** One request. Headers as they are to be written, a name as often as one likes. */
export interface Ask {
  headers?: Array<[name: string, value: string]>
  method?: string
  path?: string
  body?: string
  /** The client's own address. */
  from?: string
  /** The host name that it asks for, in TLS and in `Host`. */
  serverName?: string
  host?: string
}

/** A real gateway with its documented file, in front of what listens at these URLs. It ends with the test. */
export async function startGateway<Service extends string> (t: Test, gateway: Gateway<Service>, urls: Record<Service, string>) {
  const { host: name } = gateway
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  })
  const directory = t.testdir({
    'tls.crt': cert,
    'tls.key': key,
    'gateway-secret.conf': `proxy_set_header X-Gateway-Secret "${GATEWAY_SECRET}";\n`,
  })
  const port = await freePort(0)
  const addresses = Object.entries<string>(urls).map(([service, url]) => [service, new URL(url).host])
  const around = { ...Object.fromEntries(addresses) as Record<Service, string>, directory, port }
  writeFileSync(`${directory}/config`, fillIn(readFileSync(gateway.file, 'utf8'), gateway.replacements(around)))

  const output: string[] = []
  const [command, ...args] = whileOpen([gateway.program, ...gateway.args(directory)])
  const child = spawn(command, args, {
    env: { PATH: `${process.env['PATH']}:/usr/sbin`, GATEWAY_SECRET, HOME: directory, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory },
    stdio: 'pipe',
  })
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => output.push(chunk))
  const ended = once(child, 'close')
  const stop = async () => {
    child.stdin.end()
    await ended
  }
  t.teardown(stop)
  await listening(port, child, () => output.join(''))

  return {
    port,
    cert,
    directory,
    origin: `https://${name}:${port}`,
    stop,
    /** What it wrote to its access log, and what to its own output: complete once it has stopped. */
    accessLog: () => readFileSync(`${directory}/access.log`, 'utf8'),
    output: () => output.join(''),
    /** One request over a connection of its own: `POST /vault-session`, unless told otherwise. */
    ask: ({ headers = [], method = 'POST', path = '/vault-session', body = '', from = '127.0.0.1', serverName = name, host = `${name}:${port}` }: Ask = {}) =>
      new Promise<Answer>((resolve, reject) => {
        const all = [['Host', host], ...headers, ['Content-Length', String(Buffer.byteLength(body))]]
        const sent = request({
          host: '127.0.0.1', port, servername: serverName, ca: cert, localAddress: from, agent: false, method, path, headers: all.flat(), maxHeaderSize: 131_072,
        }, (response) => {
          text(response).then((text) => resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
            text,
            json: /json/.test(String(response.headers['content-type'])) ? JSON.parse(text) as Record<string, unknown> : {},
          }), reject)
        })
        sent.on('error', reject).end(body)
      }),
  }
}

/** Asks until somebody answers there, or the process has ended. */
async function listening (port: number, child: ChildProcess, output: () => string): Promise<void> {
  while (!await accepts(port)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(output())
    await wait(10)
  }
}

function accepts (port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.on('connect', () => socket.destroy()).on('error', () => resolve(false))
  })
}
