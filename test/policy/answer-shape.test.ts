import t from 'tap'
import { isForm, isNavigation, type ShapeHeaders } from '../../src/policy/answer-shape.js'

const form = 'application/x-www-form-urlencoded'
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

const rows: Array<[what: string, headers: ShapeHeaders, isNavigation: boolean]> = [
  ['nothing', {}, false],
  ['any type', { accept: '*/*' }, false],
  ['JSON', { accept: 'application/json' }, false],
  ['what axios sends', { accept: 'application/json, text/plain, */*' }, false],
  ['what a browser sends', { accept: browser }, true],
  ['HTML', { accept: 'text/html' }, true],
  ['HTML over JSON', { accept: 'application/json;q=0.5, text/html' }, true],
  ['JSON over HTML', { accept: 'text/html;q=0.5, application/json' }, false],
  ['any text', { accept: 'text/*' }, true],
  ['neither', { accept: 'image/png' }, false],
  ['no HTML', { accept: 'text/html;q=0' }, false],
  ['nonsense', { accept: ';;,,q=' }, false],
  ['a form', { 'content-type': form }, true],
  ['a form that asks for JSON', { 'content-type': form, accept: 'application/json' }, true],
  ['a form with a charset', { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=utf-8' }, true],
  ['a form that a script sends', { 'content-type': form, 'sec-fetch-mode': 'cors' }, false],
  ['a script that asks for HTML', { accept: 'text/html', 'sec-fetch-mode': 'cors' }, false],
  ['a script in no-cors mode', { 'content-type': form, 'sec-fetch-mode': 'no-cors' }, false],
  ['a navigation that asks for JSON', { accept: 'application/json', 'sec-fetch-mode': 'navigate' }, true],
  ['a doubled mode', { accept: browser, 'sec-fetch-mode': 'navigate, cors' }, false],
]
for (const [what, headers, expected] of rows) {
  t.test(`${what} gets ${expected ? 'a redirect' : 'JSON'}`, async (t) => t.equal(isNavigation(headers), expected))
}

t.test('a form is known by its type, not by what begins like it', async (t) => {
  t.ok(isForm(form))
  for (const type of [undefined, '', 'multipart/form-data', `${form}x`, `x/${form}`]) t.notOk(isForm(type))
})
