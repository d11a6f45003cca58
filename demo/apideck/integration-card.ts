/** One unified API on the vault page: what it is, and what the user can do with it in this session. */
import { html } from '../html.js'
import type { Action, Settings } from './session-schema.js'
import type { UnifiedApi } from './unified-apis.js'

export interface IntegrationCardOptions {
  api: UnifiedApi
  settings: Settings
  returnUri: string | undefined
  connection: { api?: string, state?: string }
}

/** In the order in which they are shown; `state` is what a connection is in afterwards, if it is still there. */
const actions: ReadonlyArray<{ action: Action, label: string, state?: string }> = [
  { action: 'reauthorize', label: 'Reauthorize', state: 'connected' },
  { action: 'disable', label: 'Disable', state: 'disabled' },
  { action: 'disconnect', label: 'Disconnect' },
  { action: 'delete', label: 'Delete' },
]

const stateLabels = new Map([['connected', 'Connected'], ['disabled', 'Disabled']])

export function integrationCard ({ api, settings, returnUri, connection }: IntegrationCardOptions) {
  const state = connection.api === api.id ? connection.state ?? '' : ''
  const stateLabel = stateLabels.get(state)
  return html`<li class="integration" data-api="${api.id}">
    <span class="monogram" aria-hidden="true">${api.connector.slice(0, 1)}</span>
    <div class="integration-text">
      <h2>${api.name}</h2>
      <p>${api.about}</p>
      <p class="connector">${api.connector}</p>
    </div>
    ${stateLabel
      ? html`<span class="state ${state}">${stateLabel}</span>${actionBar(api, settings.allow_actions)}`
      : html`<a class="button" href="${connectHref(api, settings, returnUri)}">Connect<span class="visually-hidden"> ${api.connector}</span></a>`}
  </li>`
}

/** An `allow_actions` that is left out allows all of them, an empty one none. */
function actionBar (api: UnifiedApi, allowed: readonly Action[] | undefined) {
  const shown = actions.filter(({ action }) => allowed === undefined || allowed.includes(action))
  return shown.length > 0 && html`<div class="actions">${shown.map(({ action, label, state }) =>
    html`<a class="action ${action}" href="${state ? stateHref(api, state) : '?'}">${label}<span class="visually-hidden"> ${api.connector}</span></a>`
  )}</div>`
}

/** With `auto_redirect` a new connection leads straight back to the app, which is told about it. */
function connectHref (api: UnifiedApi, settings: Settings, returnUri: string | undefined) {
  if (!settings.auto_redirect || returnUri === undefined) return stateHref(api, 'connected')
  const url = new URL(returnUri)
  url.searchParams.set('authorizedConnection', api.service)
  return url.href
}

function stateHref (api: UnifiedApi, state: string) {
  return `?${new URLSearchParams({ api: api.id, state })}`
}
