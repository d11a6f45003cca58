import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import { createDirectory } from '../../../demo/issuer/directory.js'
import { createIssuer } from '../../../demo/issuer/issuer.js'
import { createTokens } from '../../../demo/issuer/tokens.js'

const origin = 'http://localhost:4003'

async function start (t: Test) {
  const directory = createDirectory()
  const tokens = await createTokens({ issuer: origin, directory, pictures: 'https://localhost:4002/uploads' })
  const issuer = createIssuer({ origin, directory, tokens })
  t.teardown(() => issuer.close())
  const url = await issuer.listen({ host: '127.0.0.1', port: 0 })
  return {
    tokens,
    get: (path: string) => fetch(url + path),
    askToken: (fields?: Record<string, string>) =>
      fetch(`${url}/token`, { method: 'POST', ...(fields && { body: new URLSearchParams(fields) }) }),
  }
}

t.test('publishes where its keys are, and its keys', async (t) => {
  const { get, tokens } = await start(t)
  t.match(await (await get('/.well-known/openid-configuration')).json(), { issuer: origin, jwks_uri: `${origin}/jwks` })
  t.strictSame(await (await get('/jwks')).json(), tokens.keySet)
})

const grants: Array<[title: string, fields: Record<string, string>, claims: { consumers: string[], org?: object }]> = [
  ['a user of one company for that one', { user: 'ada' }, { consumers: ['acme'], org: { id: 'acme', name: 'Acme Studio' } }],
  ['a user of two for both, and says neither', { user: 'noor' }, { consumers: ['birch', 'acme'] }],
  ['a user of two for the one that is asked for', { user: 'noor', company: 'acme' }, { consumers: ['acme'], org: { id: 'acme', name: 'Acme Studio' } }],
]

t.test('tokens', async (t) => {
  const { askToken } = await start(t)
  for (const [title, fields, expected] of grants) {
    t.test(`are given to ${title}`, async (t) => {
      const answer = await askToken(fields)
      t.equal(answer.status, 200)
      t.match(answer.headers.get('content-type'), 'text/plain')
      t.equal(answer.headers.get('cache-control'), 'no-store')
      const text = await answer.text()
      t.match(text, /^[\w.-]+\n$/, 'a line of text')
      const { sub, consumers, org } = decodeJwt(text)
      t.strictSame({ sub, consumers, org }, { sub: fields['user'], org: undefined, ...expected })
    })
  }

  const refusals: Array<[fields: Record<string, string> | undefined, text: string]> = [
    [undefined, 'user must be one of ada, noor\n'],
    [{ user: 'eve' }, 'user must be one of ada, noor\n'],
    [{ user: 'noor', company: 'cedar' }, 'company must be one of birch, acme\n'],
    [{ user: 'ada', company: '' }, 'company must be one of acme\n'],
  ]
  for (const [fields, text] of refusals) {
    t.test(`are not given for ${JSON.stringify(fields)}`, async (t) => {
      const answer = await askToken(fields)
      t.equal(answer.status, 400)
      t.equal(await answer.text(), text)
    })
  }
})
