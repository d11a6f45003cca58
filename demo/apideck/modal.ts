/**
 * A stand-in for `https://vaultjs.apideck.com`: the frame that Vault JS opens over a page and hands a session's token. On
 * plain http, since nobody can click a certificate's warning away inside a frame.
 */
import fastify from 'fastify'
import { readAsset } from '../assets.js'
import { html } from '../html.js'
import type { Tokens, VerifiedClaims } from './tokens.js'
import { type UnifiedApi, unifiedApis } from './unified-apis.js'

const policy = [
  'default-src \'none\'',
  'script-src \'self\'',
  'style-src \'self\'',
  'connect-src \'self\'',
  'base-uri \'none\'',
  'form-action \'none\'',
  'frame-ancestors http://localhost:*',
].join('; ')

const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vault</title>
<link rel="stylesheet" href="/assets/vault.css">
<link rel="stylesheet" href="/assets/modal.css">
<script src="/assets/modal.js" type="module"></script>
</head>
<body class="modal">
<main role="dialog" aria-modal="true" aria-label="Vault">
  <button class="close" type="button" aria-label="Close">×</button>
  <div class="content" aria-live="polite"></div>
</main>
</body>
</html>
`

/** A token and what of its vault is to be seen, as Vault JS hands it on. */
interface Opening {
  token?: unknown
  unifiedApi?: unknown
}

export function createModal ({ tokens }: { tokens: Tokens }) {
  const app = fastify({ forceCloseConnections: true })

  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    }).type('text/html; charset=utf-8')
  })

  for (const [name, extension] of [['vault', 'css'], ['modal', 'css'], ['modal', 'js']] as const) {
    const { type, body } = readAsset(`apideck/public/${name}`, extension)
    app.get(`/assets/${name}.${extension}`, async (_request, reply) => reply.type(type).send(body))
  }

  app.get('/', async () => page.text)

  app.post<{ Body: Opening }>('/content', async ({ body: { token, unifiedApi } }, reply) => {
    const claims = await tokens.verify(String(token)).catch(() => undefined)
    if (claims === undefined) return reply.code(401).send(refusal.text)
    return content(claims, typeof unifiedApi === 'string' ? [unifiedApi] : claims.settings?.unified_apis).text
  })

  return app
}

const refusal = html`<h1>This session has ended</h1>
<p class="lead">Close this, and open it again.</p>
`

function content ({ consumer_id: id, consumer_metadata: consumer = {}, theme = {} }: VerifiedClaims, apis: readonly string[] | undefined) {
  return html`<h1>Integrations</h1>
<p class="lead">Choose what ${theme.vault_name || 'this product'} may work with, for <strong>${consumer.account_name || id}</strong>.</p>
<ul class="integrations">${unifiedApis(apis).map(integration)}</ul>
<footer><span>A stand-in for Apideck Vault, for development</span></footer>
`
}

function integration ({ id, name, about, connector, service }: UnifiedApi) {
  return html`<li class="integration">
  <span class="monogram" aria-hidden="true">${connector.slice(0, 1)}</span>
  <div class="integration-text">
    <h2>${name}</h2>
    <p>${about}</p>
    <p class="connector">${connector}</p>
  </div>
  <button class="button" type="button" data-api="${id}" data-service="${service}" data-name="${connector}">Connect<span class="visually-hidden"> ${connector}</span></button>
</li>`
}
