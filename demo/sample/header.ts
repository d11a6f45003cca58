import { html } from '../html.js'
import type { Account } from '../issuer/tokens.js'
import { inertLink } from './inert-link.js'
import { PAGE } from './session.js'

/** The product's bar: its name, its parts, and who is signed in. */
export function header (account: Account) {
  return html`<header class="top">
  <p class="product"><img src="/assets/larkspur.svg" alt="" width="30" height="30"> Larkspur</p>
  <nav class="product-nav" aria-label="Product">
    ${['Overview', 'Invoices', 'Expenses', 'Reports'].map(inertLink)}
    <a href="${PAGE}" aria-current="true">Settings</a>
  </nav>
  ${accountMenu(account)}
</header>`
}

/** A popover, which browsers open, close and lead the keyboard into without a script. */
function accountMenu ({ user, company }: Account) {
  return html`<button class="account" type="button" popovertarget="account-menu">
    <span class="account-company">${company.name}</span>
    <img src="/assets/${user.picture}.svg" alt="Account of ${user.name}" width="34" height="34">
  </button>
  <div class="account-menu" id="account-menu" popover>
    <p class="account-user"><strong>${user.name}</strong> ${user.email}</p>
    <form method="post" action="/company" aria-labelledby="account-for">
      <p class="account-for" id="account-for">${user.companies.length > 1 ? 'Switch company' : 'Company'}</p>
      ${user.companies.map((choice) => html`<button name="company" value="${choice.id}"${
        choice === company && html` aria-current="true"`}>${choice.name}</button>
      `)}
    </form>
    <form method="post" action="/sign-out"><button>Sign out</button></form>
  </div>`
}
