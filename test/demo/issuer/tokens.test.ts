import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import t from 'tap'
import { createDirectory } from '../../../demo/issuer/directory.js'
import { AUDIENCE, type Grant, type TokenOptions, createTokens } from '../../../demo/issuer/tokens.js'

const directory = createDirectory()
const [acme, birch] = directory.companies
const [ada, noor] = directory.users
if (!acme || !birch || !ada || !noor) throw new Error('the directory is not complete')

const issuer = 'http://localhost:4003'
const start = (options: Partial<TokenOptions> = {}) =>
  createTokens({ issuer, directory, pictures: 'https://localhost:4002/uploads', ...options })

t.test('a token says who it is, for whom, and whose vaults it opens', async (t) => {
  const tokens = await start({ now: () => new Date('2026-01-01T00:00:00Z') })
  const token = await tokens.sign({ user: noor, company: acme, opens: noor.companies })
  t.strictSame(decodeJwt(token), {
    name: 'Noor Haddad',
    email: 'noor@birch.example',
    picture: 'https://localhost:4002/uploads/noor-haddad.svg',
    org: { id: 'acme', name: 'Acme Studio' },
    consumers: ['birch', 'acme'],
    iss: issuer,
    aud: AUDIENCE,
    sub: 'noor',
    iat: 1_767_225_600,
    exp: 1_767_226_500,
  })
})

t.test('the published key verifies a token, and is the public one', async (t) => {
  const tokens = await start()
  const [key] = tokens.keySet.keys
  t.notOk(key && 'd' in key)
  const token = await tokens.sign({ user: ada, opens: [acme] })
  const { protectedHeader } = await jwtVerify(token, createLocalJWKSet(tokens.keySet), { issuer, audience: AUDIENCE })
  t.match(protectedHeader, { alg: 'ES256', kid: key?.kid })
})

t.test('a token is known again', async (t) => {
  const tokens = await start()
  const token = await tokens.sign({ user: noor, company: acme, opens: [acme] })
  t.strictSame(await tokens.verify(token), { user: noor, company: acme })
})

const strangers: Array<[title: string, grant: Grant]> = [
  ['says no company', { user: noor, opens: noor.companies }],
  ['says a company that the user does not work for', { user: ada, company: birch, opens: [birch] }],
  ['says a user that there is not', { user: { ...ada, id: 'eve' }, company: acme, opens: [acme] }],
]

for (const [title, grant] of strangers) {
  t.test(`nobody is signed in with a token that ${title}`, async (t) => {
    const tokens = await start()
    t.equal(await tokens.verify(await tokens.sign(grant)), undefined)
  })
}

t.test('nobody is signed in with what is no token of this issuer', async (t) => {
  const [tokens, others] = await Promise.all([start(), start()])
  const grant = { user: ada, company: acme, opens: [acme] }
  for (const token of ['', 'nonsense', await others.sign(grant)]) t.equal(await tokens.verify(token), undefined)
})

t.test('nobody is signed in for longer than a token is good', async (t) => {
  let now = new Date('2026-01-01T00:00:00Z')
  const tokens = await start({ now: () => now })
  const token = await tokens.sign({ user: ada, company: acme, opens: [acme] })
  now = new Date('2026-01-01T00:14:59Z')
  t.ok(await tokens.verify(token))
  now = new Date('2026-01-01T00:15:00Z')
  t.equal(await tokens.verify(token), undefined)
})
