import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { listen } from './upstream.js'

/** What a company's sign-in service knows: whose session a cookie is. One of them is nobody's. */
const SESSIONS: Readonly<Record<string, Record<string, string>>> = {
  'session=canary-of-acme': { 'x-consumer-id': 'acme' },
  'session=canary-of-globex': { 'x-consumer-id': 'globex' },
  'session=canary-of-no-consumer': {},
  'session=canary-of-an-empty-consumer': { 'x-consumer-id': '' },
}

export const cookieOf = (who: string): [string, string] => ['Cookie', `session=canary-of-${who}`]

/** A sign-in service that a gateway asks about each request, and what it was asked. Closed with the test. */
export async function startSignIn (t: Test) {
  const asked: Array<{ method: string | undefined, url: string | undefined, headers: IncomingMessage['headers'], body: string }> = []
  let status: number | undefined
  const server = createServer((request, response) => {
    text(request).then((body) => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, body })
      answer(request, response)
    }, () => response.destroy())
  })
  const url = await listen(t, server)
  t.teardown(() => server.closeAllConnections())

  function answer ({ headers: { cookie = '' } }: IncomingMessage, response: ServerResponse): void {
    const named = SESSIONS[cookie]
    response.writeHead(status ?? (named === undefined ? 401 : 200), named).end()
  }

  return {
    url,
    asked,
    /** Answers with this status, whoever is asked about, until told otherwise. */
    fail: (instead: number | undefined) => { status = instead },
  }
}
