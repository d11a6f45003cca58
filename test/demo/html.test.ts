import t from 'tap'
import { html } from '../../demo/html.js'

const rows: Array<[title: string, made: unknown, text: string]> = [
  ['escapes a string', html`<p>${'<b>"\'&'}</p>`, '<p>&lt;b&gt;&quot;&#39;&amp;</p>'],
  ['keeps markup of its own', html`<p>${html`<b>${1}</b>`}</p>`, '<p><b>1</b></p>'],
  ['joins an array', html`${['<', html`<br>`]}`, '&lt;<br>'],
  ['leaves out false and undefined', html`<p>${false}${undefined}</p>`, '<p></p>'],
]

for (const [title, made, text] of rows) {
  t.test(title, async (t) => t.equal(String(made), text))
}
