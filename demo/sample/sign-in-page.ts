import { html } from '../html.js'
import type { User } from '../issuer/directory.js'
import { LIFETIME_SECONDS } from '../issuer/tokens.js'
import { layout } from './layout.js'
import { SIGN_IN } from './session.js'

const inWords = new Intl.ListFormat('en')

/** A button for each user, and no password. */
export function signInPage (users: readonly User[]) {
  return layout({ title: 'Sign in', styles: ['sign-in'] }, html`<main class="sign-in">
  <p class="product"><img src="/assets/larkspur.svg" alt="" width="40" height="40"> Larkspur</p>
  <div class="card">
    <h1>Sign in</h1>
    <p class="lead">This is a demo, so there is no password. Who would you like to be?</p>
    <form method="post" action="${SIGN_IN}">
      ${users.map(userButton)}
    </form>
    <p class="how">You get a token that is good for ${LIFETIME_SECONDS / 60} minutes. The broker checks it, and opens the vault of your company alone.</p>
  </div>
</main>`)
}

function userButton ({ id, name, picture, companies }: User) {
  return html`<button class="user" name="user" value="${id}">
        <img src="/assets/${picture}.svg" alt="" width="44" height="44">
        <span><strong>${name}</strong> <span class="works-for">${inWords.format(companies.map((company) => company.name))}</span></span>
      </button>
      `
}
