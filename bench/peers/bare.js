import { createServer } from 'node:http'
import { Pool } from 'undici'
import { credentials, listening, upstream } from './peer.js'

/** `node:http` and `undici`: what comes in is handed over, and what comes back is handed back. Nothing is checked. */

const pool = new Pool(upstream.origin, { connections: 64 })

const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  const answer = await pool.request({
    path: upstream.pathname,
    method: 'POST',
    headers: { ...credentials, 'x-apideck-consumer-id': request.headers['x-consumer-id'], 'content-type': 'application/json' },
    body,
  })
  response.writeHead(answer.statusCode, { 'content-type': 'application/json' }).end(await answer.body.text())
})
server.listen(0, '127.0.0.1', () => listening(server))
