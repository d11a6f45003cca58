import { html } from '../html.js'

/** What the vault's link back says: that the user was there, and which connection was made, if any. */
export interface Return {
  from?: unknown
  authorizedConnection?: unknown
}

/** Whatever else the address may name is not shown: anyone can write an address. */
const serviceNames: ReadonlyMap<unknown, string> = new Map([
  ['hubspot', 'HubSpot'],
  ['pipedrive', 'Pipedrive'],
  ['mailchimp', 'Mailchimp'],
  ['quickbooks', 'QuickBooks'],
  ['expensify', 'Expensify'],
  ['gusto', 'Gusto'],
  ['dropbox', 'Dropbox'],
])

/** Greets a user who comes back from the vault. */
export function notice ({ from, authorizedConnection: service }: Return) {
  if (from !== 'vault') return false
  const name = serviceNames.get(service)
  return name !== undefined
    ? html`<div class="notice done" role="status"><strong>${name} is connected.</strong> The first import takes a few minutes.</div>`
    : html`<div class="notice" role="status"><strong>Welcome back.</strong> What you changed in the vault is in effect.</div>`
}
