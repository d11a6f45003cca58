import fc, { type Arbitrary } from 'fast-check'
import type { Ask, Expected, Setting } from './case.js'
import { admittedPages, noise, wishes, type Page, type Wish } from './heads.js'
import { ALLOWED_ORIGIN } from './outcome.js'

const { constant, constantFrom, integer, oneof, tuple } = fc

/** What is asked for: a body and what has to come of it. */
export interface Matter {
  kind: string
  /** In Latin-1. */
  body: string
  contentType: string | undefined
  expected: Expected
  /** The same on the SDKs' road, where that differs. */
  toSdk?: Expected
  isForm: boolean
}

/** How a body is told from what follows. */
type Framing = (body: string) => { line: string, text: string }

const counted: Framing = (body) => ({ line: `Content-Length: ${body.length}`, text: body })

const chunked = (sizes: readonly number[], extension: string, trailer: string): Framing => (body) => {
  const chunks: string[] = []
  for (let i = 0, at = 0; at < body.length; i++) {
    const chunk = body.slice(at, at + (sizes[i % sizes.length] ?? 1))
    at += chunk.length
    chunks.push(`${chunk.length.toString(16)}${extension}\r\n${chunk}\r\n`)
  }
  return { line: 'Transfer-Encoding: chunked', text: `${chunks.join('')}0\r\n${trailer}\r\n` }
}

/** Of chunks, in turn; not all of them tiny. */
const sizes = fc.array(constantFrom(1, 2, 3, 7, 16, 255, 4096, 70_000), { minLength: 1, maxLength: 4 }).map((some) => some.every((size) => size < 3) ? [...some, 500] : some)

/** Framings that all say the same. */
const framings: Arbitrary<Framing> = oneof(
  { weight: 4, arbitrary: constant(counted) },
  { weight: 1, arbitrary: tuple(sizes, constantFrom('', ';a', ';a=b', ';a="b"'), constantFrom('', 'X-Trailer: 1\r\n')).map((how) => chunked(...how)) }
)

const contentTypes = (matter: Matter): readonly string[] => matter.contentType === undefined ? [] : [`Content-Type: ${matter.contentType}`]

/** Where sessions are asked for: five times our own way, then as an SDK does. */
const roads: Arbitrary<Road> = oneof({ weight: 5, arbitrary: constant<Road>('/vault-session') }, constant<Road>('/vault/sessions'))

/** A well-framed request for a session, of a caller who is known and whose page is admitted. */
export function posts (matters: Arbitrary<Matter>, setting: Setting): Arbitrary<Ask> {
  const parts = tuple(matters, admittedPages(setting), tuple(wishes(false), wishes(true)), noise, framings, constantFrom(...setting.credentials), integer({ min: 0, max: 11 }), constantFrom('', '', '', '?a=b', `?jwt=${'x'.repeat(40)}`), roads)
  return parts.map(([matter, page, [wish, formWish], extra, framing, credential, turn, query, road]) =>
    post({ matter, page, wish: matter.isForm ? formWish : wish, lines: [...extra, ...credential], framing: matter.contentType === undefined ? counted : framing, query, turn, road }, setting))
}

type Road = '/vault-session' | '/vault/sessions'

interface Post {
  matter: Matter
  page: Page
  wish: Wish
  lines: readonly string[]
  framing?: Framing
  query?: string
  /** Where the lines begin. */
  turn?: number
  road?: Road
}

const notAForm: Expected = { is: 'refused', codes: ['unsupported_media_type'] }

/** What has to come of a matter on the SDKs' road. */
const toSdk = ({ isForm, expected, toSdk = expected }: Matter): Expected => isForm ? notAForm : toSdk

/** The same of parts that are given. */
export function post ({ matter, page, wish, lines, framing = counted, query = '', turn = 0, road = '/vault-session' }: Post, { host }: Setting): Ask {
  const { line, text } = framing(matter.body)
  const some = [`Host: ${host}`, ...pageLines(page), ...wish.lines, ...lines, ...contentTypes(matter), ...(matter.body === '' && turn % 2 === 1 ? [] : [line])]
  const all = turn > 8 ? [...some.slice(turn), ...some.slice(0, turn)] : some
  const isBodyless = matter.body === '' && turn % 2 === 1
  return {
    kind: matter.kind,
    bytes: `POST ${road}${query} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${isBodyless ? '' : text}`,
    expected: road === '/vault/sessions' ? toSdk(matter) : matter.expected,
    shape: road === '/vault/sessions' ? 'apideck' : wish.shape,
    isHead: false,
    ...readable(page),
  }
}

export function pageLines ({ origin, site }: Page): string[] {
  return [...(origin === undefined ? [] : [`Origin: ${origin}`]), ...(site === undefined ? [] : [`Sec-Fetch-Site: ${site}`])]
}

/** The origin whose pages may read the answer. */
export function readable ({ origin }: Page): { origin?: string } {
  return origin === ALLOWED_ORIGIN ? { origin } : {}
}
