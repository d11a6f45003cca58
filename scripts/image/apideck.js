import { createServer } from 'node:http'
import { once } from 'node:events'

export const API_KEY = 'sk_of_nobody_4c1d'
export const APP_ID = 'app-of-nobody'
export const CONSUMER_ID = 'acme'
export const SESSION_TOKEN = 'a.session.token'

/** Apideck as far as one minted session needs it, on loopback; whoever has another key, app or consumer gets a 401. */
export async function startApideck () {
  const server = createServer((request, response) => {
    const { authorization, 'x-apideck-app-id': app, 'x-apideck-consumer-id': consumer } = request.headers
    const isRight = `${request.method} ${request.url}` === 'POST /vault/sessions' &&
      authorization === `Bearer ${API_KEY}` && app === APP_ID && consumer === CONSUMER_ID
    const session = { session_uri: `https://vault.apideck.com/session/${SESSION_TOKEN}`, session_token: SESSION_TOKEN }
    request.resume().on('end', () => {
      response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' })
      response.end(JSON.stringify(isRight ? { status_code: 200, status: 'OK', data: session } : { status_code: 401 }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close () {
      server.close()
      server.closeAllConnections()
    },
  }
}
