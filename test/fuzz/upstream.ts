import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { API_KEY } from './canaries.js'
import type { Told } from './case.js'
import { failureOf, minted } from './told.js'

/** A call as it came in. */
export interface Call {
  n: number
  consumer: string
  /** The Session in it. */
  session: unknown
}

/** What one consumer's calls meet, and those of the case that runs. */
export interface Line {
  told: Told
  calls: Call[]
}

export const APP_ID = 'app-fuzz'

const EXPECTED_HEADERS = ['accept', 'authorization', 'connection', 'content-length', 'content-type', 'host', 'user-agent', 'x-apideck-app-id', 'x-apideck-consumer-id'].join()

/** The stand-in for Apideck: it mints for each consumer that it knows, or fails as told, and keeps what it is called with. */
export async function startUpstream () {
  const lines = new Map<string, Line>()
  const strays: Call[] = []
  const faults: string[] = []
  let count = 0

  function answer (request: IncomingMessage, response: ServerResponse, body: string): void {
    const { headers } = request
    const consumer = String(headers['x-apideck-consumer-id'])
    const call: Call = { n: ++count, consumer, session: parse(body) }
    const fault = flawIn(request, call)
    if (fault !== undefined) faults.push(`${fault}: ${request.method} ${request.url} ${JSON.stringify(request.rawHeaders)} ${body.slice(0, 500)}`)
    const line = lines.get(consumer)
    ;(line?.calls ?? strays).push(call)
    const failure = failureOf(line?.told ?? 'mint')
    if (failure !== undefined) failure.act(response)
    else response.writeHead(200, { 'content-type': 'application/json', 'request-id': `r-${call.n}` }).end(minted(call.n))
  }

  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {}).on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What no consumer called for that it knows. */
    strays,
    /** What was wrong with calls, whatever they were for. */
    faults,
    get calls () { return count },
    /** The line of a consumer. */
    lineOf (consumer: string): Line {
      const line = { told: 'mint', calls: [] }
      lines.set(consumer, line)
      return line
    },
    async close () {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Upstream = Awaited<ReturnType<typeof startUpstream>>

/** Nothing but what the broker itself says goes upstream. */
function flawIn ({ method, url, headers, rawHeaders }: IncomingMessage, { session }: Call): string | undefined {
  if (method !== 'POST' || url !== '/vault/sessions') return 'the wrong call upstream'
  if (rawHeaders.length !== 18 || Object.keys(headers).sort().join() !== EXPECTED_HEADERS) return 'other headers upstream'
  if (headers.authorization !== `Bearer ${API_KEY}` || headers['x-apideck-app-id'] !== APP_ID) return 'wrong credentials upstream'
  return session === undefined ? 'no JSON upstream' : undefined
}

function parse (body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
