import t from 'tap'
import { noCookie, tokenCookie, tokenIn } from '../../../demo/sample/cookie.js'

t.test('no script and no other site gets the token out of its cookie', async (t) => {
  t.equal(tokenCookie('eyJ.eyJ.x', 900), 'larkspur_token=eyJ.eyJ.x; Max-Age=900; Path=/; HttpOnly; SameSite=Lax')
})

t.test('the cookie is taken away by the same name and path', async (t) => {
  t.equal(noCookie(), 'larkspur_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax')
})

const rows: Array<[header: string | undefined, token: string]> = [
  ['larkspur_token=eyJ.eyJ.x', 'eyJ.eyJ.x'],
  ['theme=dark; larkspur_token=eyJ.eyJ.x; lang=en', 'eyJ.eyJ.x'],
  ['not_larkspur_token=eyJ', ''],
  ['', ''],
  [undefined, ''],
]
for (const [header, token] of rows) {
  t.test(`${JSON.stringify(header)} holds ${JSON.stringify(token)}`, async (t) => t.equal(tokenIn(header), token))
}
