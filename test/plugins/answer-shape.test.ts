import t from 'tap'
import { startBroker } from '../helpers/broker.js'

const broker = await startBroker(t)
const sdk = { 'x-apideck-app-id': 'any' }

const rows: Array<[what: string, path: string, headers: Record<string, string>, contentType: RegExp]> = [
  ['the SDKs\' route, whatever the request says', '/vault/sessions', { accept: 'text/html', 'sec-fetch-mode': 'navigate', origin: 'https://evil.example' }, /^application\/json/],
  ['an unknown path, to an SDK', '/crm/companies', sdk, /^application\/json/],
  ['an unknown path, to a program', '/crm/companies', {}, /^application\/problem\+json/],
  ['an unknown path, to a navigation', '/crm/companies', { accept: 'text/html' }, /^text\/html/],
  ['our own route, to who names an application', '/vault-session', { ...sdk, origin: 'https://evil.example' }, /^application\/problem\+json/],
]
for (const [what, path, headers, contentType] of rows) {
  t.test(`${what} answers as ${contentType.source}`, async (t) => {
    const answer = await broker.send({ path, headers })
    t.ok(answer.status >= 400)
    t.match(answer.headers['content-type'], contentType)
    t.match(answer.headers['vary'], /x-apideck-app-id/)
  })
}
