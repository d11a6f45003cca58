import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Test } from 'tap'
import { listen } from './upstream.js'

export type Respond = (request: IncomingMessage, response: ServerResponse) => void

/** A web server for pages of the test's own, the same under every name of this machine. Closed with the test. */
export async function startSite (t: Test) {
  const responses: Respond[] = []
  const server = createServer((request, response) => {
    const respond = responses[Number(/^\/(\d+)/.exec(request.url ?? '')?.[1])]
    if (respond === undefined) response.writeHead(404).end()
    else respond(request, response)
  })
  const url = await listen(t, server)
  t.teardown(() => server.closeAllConnections())

  /** Answers in this way at a path of its own, which is given back. */
  function serve (respond: Respond): string {
    return `/${responses.push(respond) - 1}`
  }

  return {
    url,
    /** Its origin under that name. */
    at: (host: string) => `http://${host}:${new URL(url).port}`,
    serve,
    page: (html: string, headers: Record<string, string | string[]> = {}) => serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(`<!doctype html><title>a page</title>${html}`)
    }),
    script: (code: string) => serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(code)
    }),
    redirect: (location: string, status: number) => serve((_request, response) => {
      response.writeHead(status, { location }).end()
    }),
  }
}
