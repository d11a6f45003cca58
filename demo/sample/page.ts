import { type Html, html } from '../html.js'
import { type SampleOrigins, accountingSession, crmSession, formFields } from './session.js'

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

/** Settings → Integrations. */
export function samplePage (origins: SampleOrigins, query: Return) {
  const endpoint = `${origins.broker}/vault-session`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Integrations · Larkspur</title>
<link rel="icon" href="/assets/larkspur.svg">
<link rel="stylesheet" href="/assets/sample.css">
<script src="/assets/sample.js" type="module"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
  <p class="product"><img src="/assets/larkspur.svg" alt="" width="30" height="30"> Larkspur</p>
  <nav class="product-nav" aria-label="Product">
    ${['Overview', 'Invoices', 'Expenses', 'Reports'].map(inertLink)}
    <a href="/settings/integrations" aria-current="true">Settings</a>
  </nav>
  <p class="account"><span>Acme Studio</span> <img src="/assets/ada-park.svg" alt="Signed in as Ada Park" width="34" height="34"></p>
</header>
<div class="page">
<nav class="settings-nav" aria-label="Settings">
  ${['Company', 'Team', 'Invoicing', 'Taxes'].map(inertLink)}
  <a href="/settings/integrations" aria-current="page">Integrations</a>
  ${inertLink('Billing')}
</nav>
<main id="main">
  ${notice(query)}
  <h1>Integrations</h1>
  <p class="lead">Connect the tools that your studio already uses, and Larkspur keeps itself up to date.</p>

  <section class="card" aria-labelledby="crm-title">
    <div class="card-text">
      <h2 id="crm-title">Customers and leads</h2>
      <p>Bring in contacts and companies from your CRM and mailing lists, so that no invoice is addressed by hand.</p>
    </div>
    <form method="post" action="${endpoint}">
      ${formFields(crmSession(origins)).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
      `)}
      ${button({ label: 'Connect your CRM', busyLabel: 'Opening…', attributes: html`type="submit"` })}
    </form>
    <p class="how">A plain HTML form: it works without JavaScript. The broker answers <code>302</code>, straight to the vault.</p>
  </section>

  <section class="card" aria-labelledby="books-title">
    <div class="card-text">
      <h2 id="books-title">Books and expenses</h2>
      <p>Send invoices, bills and receipts to your accountant’s software, and read back what has been paid.</p>
    </div>
    ${button({
      label: 'Connect your books',
      busyLabel: 'Opening…',
      attributes: html`type="button" disabled data-endpoint="${endpoint}" data-session="${JSON.stringify(accountingSession(origins))}"`,
    })}
    <div class="problem" role="alert" hidden></div>
    <noscript><p class="needs-script">This one needs JavaScript. The form above does not.</p></noscript>
    <p class="how">A script: it fetches the session as JSON, says how it is going, and then opens <code>session_uri</code>.</p>
  </section>

  <p class="footnote">Larkspur is a sample. Its pages speak to the broker alone and hold no secret.</p>
</main>
</div>
</body>
</html>
`
}

interface ButtonOptions {
  label: string
  busyLabel: string
  attributes: Html
}

function button ({ label, busyLabel, attributes }: ButtonOptions) {
  return html`<button class="button" ${attributes} data-busy-label="${busyLabel}">
        <span class="spinner" aria-hidden="true"></span><span class="label">${label}</span>
      </button>`
}

/** A part of the product that this sample leaves out. */
function inertLink (label: string) {
  return html`<a role="link" aria-disabled="true">${label}</a>
    `
}

function notice ({ from, authorizedConnection: service }: Return) {
  if (from !== 'vault') return false
  const name = serviceNames.get(service)
  return name !== undefined
    ? html`<div class="notice done" role="status"><strong>${name} is connected.</strong> The first import takes a few minutes.</div>`
    : html`<div class="notice" role="status"><strong>Welcome back.</strong> What you changed in the vault is in effect.</div>`
}
