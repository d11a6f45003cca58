import { type Html, html } from '../html.js'

export interface LayoutOptions {
  title: string
  /** Style sheets and scripts of this page, by name, beside the style sheet of all. */
  styles?: readonly string[]
  scripts?: readonly string[]
}

/** A page of Larkspur's around its content; everything it loads is its own. */
export function layout ({ title, styles = [], scripts = [] }: LayoutOptions, content: Html) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Larkspur</title>
<link rel="icon" href="/assets/larkspur.svg">
${['sample', ...styles].map((name) => html`<link rel="stylesheet" href="/assets/${name}.css">
`)}${scripts.map((name) => html`<script src="/assets/${name}.js" type="module"></script>
`)}</head>
<body>
${content}
</body>
</html>
`
}
