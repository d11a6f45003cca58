/** A stand-in for `https://vault.apideck.com`: the hosted page on which a session's user connects integrations. */
import { randomBytes } from 'node:crypto'
import fastify, { type FastifyReply } from 'fastify'
import { errors } from 'jose'
import { readAsset } from '../assets.js'
import type { Html } from '../html.js'
import type { Clock, Tokens } from './tokens.js'
import { type Refusal, refusals, vaultErrorPage } from './vault-error-page.js'
import { vaultPage } from './vault-page.js'

/** The longest body that the broker takes makes a URL of about 22,000 characters. */
const MAX_URL = 65_536

export interface VaultOptions {
  tokens: Tokens
  now: Clock
  tls: { cert: string, key: string }
  /** SVG images, as uploaded in Apideck's dashboard, by file name. */
  uploads: ReadonlyMap<string, string>
}

interface SessionRoute {
  Params: { token: string }
  Querystring: { api?: string, state?: string }
}

export function createVault ({ tokens, now, tls, uploads }: VaultOptions) {
  const app = fastify({
    https: { ...tls, maxHeaderSize: MAX_URL },
    routerOptions: { maxParamLength: MAX_URL },
    forceCloseConnections: true,
  })

  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
  })

  for (const extension of ['css', 'js'] as const) {
    const { type, body } = readAsset('apideck/public/vault', extension)
    app.get(`/assets/vault.${extension}`, async (_request, reply) => reply.type(type).send(body))
  }

  app.get<{ Params: { name: string } }>('/uploads/:name', async ({ params }, reply) => {
    const image = uploads.get(params.name)
    return image === undefined ? refuse(reply, 'unknown') : reply.type('image/svg+xml').send(image)
  })

  app.get<SessionRoute>('/session/:token', async ({ params, query }, reply) => {
    const claims = await tokens.verify(params.token).catch(reasonOf)
    if (typeof claims === 'string') return refuse(reply, claims)
    const nonce = randomBytes(16).toString('base64')
    return sendPage(reply, vaultPage({ claims, now: now(), connection: query, nonce }), nonce)
  })

  app.setNotFoundHandler(async (_request, reply) => refuse(reply, 'unknown'))

  return app
}

function reasonOf (error: unknown): Refusal {
  return error instanceof errors.JWTExpired ? 'expired' : 'forged'
}

function refuse (reply: FastifyReply, reason: Refusal) {
  return sendPage(reply.code(refusals[reason].status), vaultErrorPage(reason))
}

/** Sends a page under a policy that lets in its own files, images from anywhere, and the one style of that nonce. */
function sendPage (reply: FastifyReply, page: Html, nonce = '') {
  const policy = [
    'default-src \'none\'',
    'script-src \'self\'',
    `style-src 'self'${nonce && ` 'nonce-${nonce}'`}`,
    'img-src https: data:',
    'base-uri \'none\'',
    'form-action \'none\'',
    'frame-ancestors \'none\'',
  ].join('; ')
  return reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page.text)
}
