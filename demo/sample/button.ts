import { type Html, html } from '../html.js'

export interface ButtonOptions {
  label: string
  busyLabel: string
  attributes: Html
}

/** A button that the page's script can show to be busy. */
export function button ({ label, busyLabel, attributes }: ButtonOptions) {
  return html`<button ${attributes} data-busy-label="${busyLabel}">
        <span class="spinner" aria-hidden="true"></span><span class="label">${label}</span>
      </button>`
}
