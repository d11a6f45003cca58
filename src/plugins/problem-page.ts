import { hash } from 'node:crypto'
import escape from 'escape-html'
import type { Problem } from '../schemas/problem.js'
import { policyWithStyle } from './headers.js'

const STYLE = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 15vh auto 2rem; padding: 0 1.5rem }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 1rem }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
footer { margin-top: 2rem; font-size: .875rem; opacity: .75 }
`

/** The page's own type, and the closed policy opened for its one style. */
export const problemPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policyWithStyle(hash('sha256', STYLE, 'base64')),
} as const

/** A problem as a person sees it whose browser navigated here. */
export function problemPage ({ title, detail, code, request_id: requestId, errors = [] }: Problem): string {
  const faults = errors.map(({ pointer, message }) => `<li><code>${escape(pointer || '/')}</code> ${escape(message)}</li>`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
<main>
<h1>${escape(title)}</h1>
<p>${escape(detail)}</p>
${faults.length === 0 ? '' : `<ul>${faults.join('')}</ul>`}
<p>You can go back to the page that you came from.</p>
<footer>Code <code>${escape(code)}</code>, request <code>${escape(requestId)}</code></footer>
</main>
</html>
`
}
