/** What the vault shows instead of a session. */
import { html } from '../html.js'

export const refusals = {
  expired: {
    status: 410,
    title: 'This session has expired',
    advice: 'For your safety a link to this page works only for a while. Go back to the app you came from and open it again.',
  },
  forged: {
    status: 403,
    title: 'This link is not valid',
    advice: 'It may have been cut short when it was copied. Go back to the app you came from and open it again.',
  },
  unknown: {
    status: 404,
    title: 'There is nothing here',
    advice: 'Go back to the app you came from and open its integrations from there.',
  },
} as const

export type Refusal = keyof typeof refusals

export function vaultErrorPage (reason: Refusal) {
  const { status, title, advice } = refusals[reason]
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/vault.css">
</head>
<body class="refusal">
<main>
<p class="refusal-status">Error ${status}</p>
<h1>${title}</h1>
<p>${advice}</p>
</main>
</body>
</html>
`
}
