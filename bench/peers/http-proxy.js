import proxy from '@fastify/http-proxy'
import fastify from 'fastify'
import { credentials, listening, upstream } from './peer.js'

/** `@fastify/http-proxy`, which adds the credentials to what passes. */

const app = fastify()
await app.register(proxy, {
  upstream: upstream.origin,
  prefix: '/vault-session',
  rewritePrefix: upstream.pathname,
  undici: { connections: 64 },
  replyOptions: {
    rewriteRequestHeaders: (request, headers) => ({ ...headers, ...credentials, 'x-apideck-consumer-id': request.headers['x-consumer-id'] }),
  },
})
await app.listen({ host: '127.0.0.1', port: 0 })
listening(app.server)
