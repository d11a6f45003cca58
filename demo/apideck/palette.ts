/** A session's theme as the few colours that the page's style sheet works with. */
import { html } from '../html.js'
import { hexColour, inkOn, inkOnWhite } from './colour.js'
import type { Theme } from './session-schema.js'

const DEFAULT_PRIMARY = '#4b3fd6'
const DEFAULT_PANEL = '#191c2b'

/** A CSS rule; every value in it is a `#rrggbb` of our own making, whatever the theme says. */
export function paletteRule (theme: Theme) {
  const primary = hexColour(theme.primary_color) ?? DEFAULT_PRIMARY
  const panel = hexColour(theme.sidepanel_background_color) ?? DEFAULT_PANEL
  return html`:root {
  --primary: ${primary};
  --on-primary: ${inkOn(primary)};
  --accent: ${inkOnWhite(primary)};
  --panel: ${panel};
  --on-panel: ${inkOn(panel, hexColour(theme.sidepanel_text_color))};
}`
}
