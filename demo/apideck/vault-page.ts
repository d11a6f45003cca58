/** The hosted vault page. All it knows comes out of the token: all of it is escaped, and only web links become links. */
import { html } from '../html.js'
import { integrationCard } from './integration-card.js'
import { paletteRule } from './palette.js'
import type { VerifiedClaims } from './tokens.js'
import { unifiedApis } from './unified-apis.js'

export interface VaultPageOptions {
  claims: VerifiedClaims
  now: Date
  /** What the user connected on this page: nothing is stored, the page's own links carry it. */
  connection: { api?: string, state?: string }
  nonce: string
}

export function vaultPage ({ claims, now, connection, nonce }: VaultPageOptions) {
  const { settings = {}, theme = {} } = claims
  const vaultName = theme.vault_name || 'Vault'
  const returnUri = webUrl(claims.redirect_uri)
  const expires = new Date(claims.exp * 1000)

  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Integrations · ${vaultName}</title>
<link rel="icon" href="${webUrl(theme.favicon) ?? 'data:,'}">
<link rel="stylesheet" href="/assets/vault.css">
<style nonce="${nonce}">${paletteRule(theme)}</style>
<script src="/assets/vault.js" type="module"></script>
</head>
<body${settings.show_sidebar === false && html` class="without-sidebar"`}>
<aside class="panel" aria-label="Session">
  <div class="brand">
    ${picture('tile', vaultName, theme.logo)}
    <p class="brand-name">${vaultName}</p>
    ${settings.sandbox_mode && html`<span class="badge">Sandbox</span>`}
  </div>
  ${consumerBlock(claims)}
  <p class="expiry">
    <span id="expiry-label">Session ends</span>
    <time role="timer" aria-labelledby="expiry-label" datetime="${expires.toISOString()}"
      data-seconds-left="${Math.floor((expires.getTime() - now.getTime()) / 1000)}">at ${clockTime(expires)}</time>
  </p>
</aside>
<main>
  ${returnUri && html`<a class="back" href="${returnUri}"><span aria-hidden="true">←</span> Back to ${vaultName}</a>`}
  <h1>Integrations</h1>
  <p class="lead">Choose what ${vaultName} may work with. You can take it back at any time.</p>
  <p class="ended" role="alert" hidden>This session has ended. Go back to ${vaultName} and open it again.</p>
  <ul class="integrations">
    ${unifiedApis(settings.unified_apis).map((api) => integrationCard({ api, settings, returnUri, connection }))}
  </ul>
  ${settings.show_logs !== false && html`<details class="log">
    <summary>Activity</summary>
    <ol>
      <li><time>${clockTime(new Date(claims.iat * 1000))}</time> Session created for ${claims.consumer_id}</li>
      <li><time>${clockTime(now)}</time> Vault opened</li>
    </ol>
  </details>`}
  <footer>
    ${legalLink('Privacy', theme.privacy_url)}
    ${legalLink('Terms', theme.terms_url)}
    <span>A stand-in for Apideck Vault, for development</span>
  </footer>
</main>
</body>
</html>
`
}

function consumerBlock ({ consumer_id: id, consumer_metadata: consumer = {} }: VerifiedClaims) {
  const account = consumer.account_name || id
  const person = [consumer.user_name, consumer.email].filter(Boolean).join(' · ')
  return html`<section class="consumer" aria-label="Who is connecting">
    ${picture('avatar', consumer.user_name || account, consumer.image)}
    <div>
      <p class="consumer-account">${account}</p>
      ${person !== '' && html`<p class="consumer-person">${person}</p>`}
      <p class="consumer-id">Consumer <code>${id}</code></p>
    </div>
  </section>`
}

/** Initials, and over them the image, where there is one and it can be loaded. */
function picture (shape: 'tile' | 'avatar', name: string, image: string | undefined) {
  const initials = name.trim().split(/\s+/).slice(0, 2).map((word) => word.slice(0, 1).toUpperCase()).join('')
  const source = webUrl(image)
  return html`<span class="picture ${shape}"><span aria-hidden="true">${initials}</span>${
    source && html`<img src="${source}" alt="">`}</span>`
}

function legalLink (label: string, url: string | undefined) {
  const href = webUrl(url)
  return href && html`<a href="${href}" rel="noopener noreferrer">${label}</a>`
}

function webUrl (text = '') {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined
}

function clockTime (date: Date) {
  return `${date.toISOString().slice(11, 16)} UTC`
}
