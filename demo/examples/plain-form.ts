/** Serves `examples/plain-form` as it lies there, but for the addresses, which may be others today. */
import { readFileSync } from 'node:fs'
import fastify from 'fastify'
import { preferredPorts } from '../start.js'

const folder = new URL('../../examples/plain-form/', import.meta.url)

export const preferredPort = 4010

/** Where the example's own page, the product's sign-in, the broker and the vault are. */
export interface PlainFormOrigins {
  example: string
  sample: string
  broker: string
  vault: string
}

export function createPlainForm ({ example, sample, broker, vault }: PlainFormOrigins) {
  const app = fastify({ forceCloseConnections: true })
  const addresses = new Map([
    [`http://localhost:${preferredPort}`, example],
    [`http://localhost:${preferredPorts.sample}`, sample],
    [`http://localhost:${preferredPorts.broker}`, broker],
    [`https://localhost:${preferredPorts.vault}`, vault],
  ])
  const page = read('index.html').replaceAll(new RegExp([...addresses.keys()].join('|'), 'g'), (written) => String(addresses.get(written)))
  const style = read('style.css')

  app.get('/', async (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
  app.get('/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(style))
  return app
}

function read (name: string): string {
  return readFileSync(new URL(name, folder), 'utf8')
}
