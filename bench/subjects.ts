import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Issuer } from './issuer.js'
import { requestFor } from './load.js'
import { cpuMs, megabytes, start, type Program, type Running, type Usage } from './process.js'
import { freePort, startProgram } from './program.js'

/** What can be measured, in the order of the table. */
export const names = ['bare', 'broker', 'broker, jwt', 'fastify + typebox', '@fastify/http-proxy', 'fastify + SDK', 'express + SDK', 'nginx'] as const

export type Name = typeof names[number]

/** A server that mints sessions, and what to ask it. */
export interface Subject {
  pid: number | undefined
  port: number
  text: (client: number) => string
  usage: () => Promise<Usage>
  /** What the processor does meanwhile, where it runs on Node. */
  profile?: Program['profile']
  stop: () => Promise<void>
}

/** What `npm run build` makes. */
const BUILD = '../dist'

const SECRET = 'bench-gateway-0123456789'
const ORIGIN = 'https://app.example.com'

/** A Session as an integrations page asks for it. */
export const SESSION = {
  redirect_uri: `${ORIGIN}/integrations`,
  settings: { unified_apis: ['crm', 'accounting'], session_length: '30m' },
}

/** The operator's rules that the broker has: all kinds of them. */
const POLICY = {
  session: { theme: { vault_name: 'Example', primary_color: '#286efa' } },
  caller_fields: ['redirect_uri', 'settings.unified_apis', 'settings.session_length', 'custom_consumer_settings'],
  max_session_length: '1h',
}

/** What a page's request has, as the gateway hands it on; each client is another consumer. */
const fromPage = (client: number) => [
  `origin: ${ORIGIN}`,
  'sec-fetch-site: same-site',
  'sec-fetch-mode: cors',
  'sec-fetch-dest: empty',
  'accept: application/json',
  'accept-language: en-GB,en;q=0.9',
  'user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'x-forwarded-for: 203.0.113.7',
  'x-forwarded-proto: https',
  `x-request-id: 5f0c9a7e-2b1d-4c3e-8f6a-${String(client).padStart(12, '0')}`,
]
const byGateway = (client: number) => [...fromPage(client), `x-gateway-secret: ${SECRET}`, `x-consumer-id: consumer-${client}`]

/** A request of a client's, by what knows it. */
const textOf = (headersOf: (client: number) => string[], body = JSON.stringify(SESSION)) => (client: number) =>
  requestFor(body, headersOf(client).map((line) => `${line}\r\n`).join(''))

/** The same, by the gateway, with another body. */
export const textWith = (body: string) => textOf(byGateway, body)

/** Starts what is measured. All of it is stopped with this process. */
export class Stage {
  readonly #upstreamUrl: string
  readonly #issuer: Issuer
  readonly #directory = mkdtempSync(join(tmpdir(), 'vault-session-broker-'))

  constructor (upstreamPort: number, issuer: Issuer) {
    this.#upstreamUrl = `http://127.0.0.1:${upstreamPort}`
    this.#issuer = issuer
    writeFileSync(join(this.#directory, 'policy.json'), JSON.stringify(POLICY))
  }

  /** @param build of the broker */
  start (name: Name, { build = BUILD, ...running }: Running & { build?: string } = {}): Promise<Subject> {
    switch (name) {
      case 'bare': return this.#peer('bare', running)
      case 'fastify + typebox': return this.#peer('fastify-typebox', running)
      case '@fastify/http-proxy': return this.#peer('http-proxy', running)
      case 'fastify + SDK': return this.#peer('fastify-sdk', running)
      case 'express + SDK': return this.#peer('express-sdk', running)
      case 'nginx': return this.#nginx()
      case 'broker': return this.#broker({ IDENTITY: 'gateway', GATEWAY_SECRET: SECRET }, byGateway, build, running)
      case 'broker, jwt': return this.#broker(
        { IDENTITY: 'jwt', JWT_ISSUER: this.#issuer.url, JWT_AUDIENCE: 'broker' },
        (client) => [...fromPage(client), `authorization: Bearer ${this.#issuer.tokenOf(client)}`],
        build, running)
    }
  }

  close (): void {
    rmSync(this.#directory, { recursive: true })
  }

  get #common () {
    return { APIDECK_API_KEY: 'bench-key-0123456789', APIDECK_APP_ID: 'bench', APIDECK_BASE_URL: this.#upstreamUrl }
  }

  async #peer (name: string, running: Running): Promise<Subject> {
    return { ...await start(`../bench/peers/${name}.js`, [], this.#common, running), text: textOf(byGateway) }
  }

  /** With all that it can check, bound, log and measure, but for Redis and tracing. */
  async #broker (identity: Record<string, string>, headersOf: (client: number) => string[], build: string, running: Running): Promise<Subject> {
    const program = await start(`${build}/server.js`, [], {
      ...this.#common,
      ...identity,
      HOST: '127.0.0.1',
      PORT: '0',
      METRICS_PORT: '0',
      TRUSTED_PROXIES: '127.0.0.1',
      ALLOWED_ORIGINS: ORIGIN,
      ALLOWED_REDIRECT_URIS: ORIGIN,
      SESSION_POLICY_FILE: join(this.#directory, 'policy.json'),
      RATE_LIMIT_MAX: '1000000',
      // As many as come at once where the client was held up for a moment.
      UPSTREAM_CONNECTIONS: '512',
    }, running)
    return { ...program, text: textOf(headersOf) }
  }

  /** A location that adds the credentials: the floor. */
  async #nginx (): Promise<Subject> {
    const port = await freePort()
    const file = join(this.#directory, 'nginx.conf')
    writeFileSync(file, `
      pid ${this.#directory}/nginx.pid;
      events { worker_connections 2048; }
      http {
        access_log off;
        client_body_temp_path ${this.#directory}/body;
        proxy_temp_path ${this.#directory}/proxy;
        fastcgi_temp_path ${this.#directory}/fastcgi;
        uwsgi_temp_path ${this.#directory}/uwsgi;
        scgi_temp_path ${this.#directory}/scgi;
        upstream apideck { server ${this.#upstreamUrl.slice('http://'.length)}; keepalive 64; }
        server {
          listen 127.0.0.1:${port};
          keepalive_requests 1000000;
          location = /vault-session {
            proxy_pass http://apideck/vault/sessions;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Authorization "Bearer ${this.#common.APIDECK_API_KEY}";
            proxy_set_header X-Apideck-App-Id "${this.#common.APIDECK_APP_ID}";
            proxy_set_header X-Apideck-Consumer-Id $http_x_consumer_id;
          }
        }
      }`)
    const { pid, stop } = await startProgram('nginx', ['-p', this.#directory, '-c', file, '-e', 'stderr', '-g', 'daemon off; master_process off;'], port)
    return {
      pid,
      port,
      text: textOf(byGateway),
      usage: async () => ({ cpuMs: cpuMs(pid), megabytes: megabytes(pid) }),
      stop,
    }
  }
}
