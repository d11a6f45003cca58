/** Colours of a theme: only hex goes into a style sheet, and text is always readable on what lies under it. */

const DARK_INK = '#14171f'
const LIGHT_INK = '#ffffff'

/** The contrast that WCAG 2.2 AA asks of text. */
const READABLE = 4.5

/** `#abc` and `#aabbcc` as `#aabbcc` (a transparency is left out); `undefined` for anything that is no hex colour. */
export function hexColour (text: string | undefined) {
  const digits = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(text ?? '')?.[1]?.toLowerCase()
  if (digits === undefined) return undefined
  const full = digits.length < 6 ? digits.replace(/./g, '$&$&') : digits
  return `#${full.slice(0, 6)}`
}

/** WCAG's contrast ratio of two `#rrggbb` colours, 1 to 21. */
export function contrast (one: string, other: string) {
  const [a, b] = [luminance(one), luminance(other)]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

/** `wanted`, if it can be read on `background`; else the near-black or the white, whichever can be read better. */
export function inkOn (background: string, wanted = LIGHT_INK) {
  if (contrast(background, wanted) >= READABLE) return wanted
  return contrast(background, LIGHT_INK) >= contrast(background, DARK_INK) ? LIGHT_INK : DARK_INK
}

/** `colour`, if it can be read as text on white, else the near-black. */
export function inkOnWhite (colour: string) {
  return contrast(LIGHT_INK, colour) >= READABLE ? colour : DARK_INK
}

function luminance (colour: string) {
  const [red, green, blue] = [1, 3, 5].map((start) => linear(parseInt(colour.slice(start, start + 2), 16) / 255))
  return 0.2126 * Number(red) + 0.7152 * Number(green) + 0.0722 * Number(blue)
}

function linear (channel: number) {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
}
