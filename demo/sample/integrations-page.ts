import { html } from '../html.js'
import type { Company } from '../issuer/directory.js'
import type { Account } from '../issuer/tokens.js'
import { button } from './button.js'
import { header } from './header.js'
import { inertLink } from './inert-link.js'
import { layout } from './layout.js'
import { type Return, notice } from './notice.js'
import { PAGE, type SampleOrigins, type Session, accountingSession, crmSession, formFields } from './session.js'

export interface IntegrationsPageOptions {
  origins: SampleOrigins
  account: Account
  /** A company that the user does not work for. */
  another: Company | undefined
  query: Return
}

/** Settings → Integrations: both ways into the vault of the user's company, and one that leads into none. */
export function integrationsPage ({ origins, account, another, query }: IntegrationsPageOptions) {
  const { user, company } = account
  const endpoint = `${origins.broker}/vault-session`
  const options = { title: 'Integrations', styles: ['account'], scripts: ['sample'] }
  return layout(options, html`<a class="skip" href="#main">Skip to the content</a>
${header(account)}
<div class="page">
<nav class="settings-nav" aria-label="Settings">
  ${['Company', 'Team', 'Invoicing', 'Taxes'].map(inertLink)}
  <a href="${PAGE}" aria-current="page">Integrations</a>
  ${inertLink('Billing')}
</nav>
<main id="main" data-account="${user.id} ${company.id}">
  ${notice(query)}
  <h1>Integrations</h1>
  <p class="lead">Connect the tools that ${company.name} already uses, and Larkspur keeps itself up to date.</p>

  <section class="card" aria-labelledby="crm-title">
    <div class="card-text">
      <h2 id="crm-title">Customers and leads</h2>
      <p>Bring in contacts and companies from your CRM and mailing lists, so that no invoice is addressed by hand.</p>
    </div>
    <form class="connect" method="post" action="${endpoint}">
      ${formFields(crmSession(origins)).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
      `)}
      ${button({ label: 'Connect your CRM', busyLabel: 'Opening…', attributes: html`class="button" type="submit"` })}
    </form>
    <p class="how">A plain HTML form: it works without JavaScript, and a cookie says who you are. The broker answers <code>302</code>, straight to the vault.</p>
  </section>

  <section class="card" aria-labelledby="books-title">
    <div class="card-text">
      <h2 id="books-title">Books and expenses</h2>
      <p>Send invoices, bills and receipts to your accountant’s software, and read back what has been paid.</p>
    </div>
    ${button({
      label: 'Connect your books',
      busyLabel: 'Opening…',
      attributes: html`class="button connect" ${request(endpoint, accountingSession(origins), company, company)}`,
    })}
    <div class="problem" role="alert" hidden></div>
    <noscript><p class="needs-script">This one needs JavaScript. The form above does not.</p></noscript>
    <p class="how">A script: it fetches the session as JSON with a token in <code>Authorization</code>, says how it is going, and then opens <code>session_uri</code>.</p>
  </section>

  ${another && html`<section class="card" aria-labelledby="another-title">
    <div class="card-text">
      <h2 id="another-title">Somebody else’s vault</h2>
      <p>${user.name} does not work for ${another.name}. Ask for its vault all the same, and see that it stays shut.</p>
    </div>
    ${button({
      label: `Ask for ${another.name}`,
      busyLabel: 'Asking…',
      attributes: html`class="button quiet trespass" ${request(endpoint, accountingSession(origins), company, another)}`,
    })}
    <div class="problem" role="alert" hidden></div>
    <noscript><p class="needs-script">This one needs JavaScript.</p></noscript>
    <p class="how">The same script, but for <code>x-apideck-consumer-id: ${another.consumerId}</code>. The token does not name that consumer, so the broker must answer <code>403</code>.</p>
  </section>`}

  <p class="footnote">Larkspur is a sample. Its pages speak to the broker and to Larkspur itself, and hold no secret.</p>
</main>
</div>`)
}

/** What the page's script is to send: a Session, in the name of one company, for the consumer of one. */
function request (endpoint: string, session: Session, from: Company, to: Company) {
  return html`type="button" disabled data-endpoint="${endpoint}" data-company="${from.id}" data-consumer="${to.consumerId}" data-session="${JSON.stringify(session)}"`
}
