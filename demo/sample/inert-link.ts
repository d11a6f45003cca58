import { html } from '../html.js'

/** A part of the product that this sample leaves out. */
export function inertLink (label: string) {
  return html`<a role="link" aria-disabled="true">${label}</a>
    `
}
