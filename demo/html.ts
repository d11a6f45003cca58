/** A tagged template for HTML that escapes whatever is put into it, unless it is itself the work of the tag. */
import escapeHtml from 'escape-html'

export class Html {
  constructor (readonly text: string) {}

  toString () {
    return this.text
  }
}

type Piece = Html | string | number | false | undefined | readonly Piece[]

/** Builds markup; strings are escaped, arrays joined, `false` and `undefined` left out. */
export function html (literals: TemplateStringsArray, ...pieces: Piece[]) {
  return new Html(String.raw({ raw: literals }, ...pieces.map(render)))
}

function render (piece: Piece): string {
  if (piece instanceof Html) return piece.text
  if (piece === undefined || piece === false) return ''
  if (typeof piece === 'object') return piece.map(render).join('')
  return escapeHtml(String(piece))
}
