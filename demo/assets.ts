/** Style sheets, scripts and images are served as they lie in `demo/`, also when the demo runs from `dist-demo/`. */
import { readFileSync } from 'node:fs'

const demo = new URL('../demo/', import.meta.url)

const types = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

export interface Asset {
  type: string
  body: string
}

/** Reads `demo/<name>.<extension>`; for the few files that a page needs, once, at start. */
export function readAsset (name: string, extension: keyof typeof types): Asset {
  return { type: types[extension], body: readFileSync(new URL(`${name}.${extension}`, demo), 'utf8') }
}
