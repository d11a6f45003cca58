import { EventEmitter, once } from 'node:events'
import type { Test } from 'tap'
import { request, type Dispatcher } from 'undici'
import { createApp, type Parts } from '../../src/app.js'
import { createLogger } from '../../src/logger.js'
import { testConfig } from './environment.js'

export type LogLine = Record<string, unknown>

export interface Answer {
  status: number
  headers: Record<string, string | undefined>
  text: string
  /** The body, where it is JSON. */
  json: Record<string, unknown>
}

interface Send {
  method?: Dispatcher.HttpMethod
  path?: string
  headers?: Record<string, string>
  body?: string | Buffer
}

/** Asks one route of a broker. */
export interface Client {
  send: (options?: Send) => Promise<Answer>
  postJson: (body: unknown, headers?: Record<string, string>) => Promise<Answer>
  postForm: (body: string, headers?: Record<string, string>) => Promise<Answer>
}

/** The broker on a free port of loopback, its log kept. Closed with the test. */
export async function startBroker (t: Test, variables: Record<string, string> = {}, parts: Omit<Parts, 'logger'> = {}) {
  const config = testConfig(variables)
  const lines: string[] = []
  const written = new EventEmitter()
  const logger = createLogger({
    level: 'trace',
    secrets: config.log.secrets,
    destination: {
      write: (line) => {
        lines.push(line)
        written.emit('line')
      },
    },
  })
  const app = await createApp(config, { logger, ...parts })
  t.teardown(() => app.close())
  const url = await app.listen({ host: '127.0.0.1', port: 0 })

  /** An answer, once its line is in the log too: that is written as its connection is done with it. */
  async function logged (answer: Promise<Answer>): Promise<Answer> {
    const id = `"request_id":"${(await answer).headers['x-request-id']}"`
    while (!lines.some((line) => line.includes(id) && line.includes('"msg":"request '))) await once(written, 'line')
    return answer
  }

  /** Sends to this path, unless told otherwise. */
  const at = (route: string): Client => ({
    send: ({ path = route, method = 'POST', ...options } = {}) => logged(send(url + path, { method, ...options })),
    postJson: (body, headers = {}) => logged(send(url + route, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })),
    postForm: (body, headers = {}) => logged(send(url + route, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    })),
  })

  return {
    app,
    url,
    /** Everything logged so far, to the letter. */
    output: () => lines.join(''),
    log: () => lines.map((line) => JSON.parse(line) as LogLine),
    /** Resolves as the next line is written. */
    nextLine: () => once(written, 'line'),
    ...at('/vault-session'),
    /** The same, where Apideck's SDKs ask. */
    sdk: at('/vault/sessions'),
  }
}

/** One request over a connection of its own. */
export async function send (url: string, { method = 'GET', headers = {}, body }: Omit<Send, 'path'> = {}): Promise<Answer> {
  const response = await request(url, { method, headers, body: body ?? null, reset: true })
  const text = await response.body.text()
  const isJson = /json/.test(String(response.headers['content-type']))
  return {
    status: response.statusCode,
    headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    text,
    json: isJson && text !== '' ? JSON.parse(text) as Record<string, unknown> : {},
  }
}
