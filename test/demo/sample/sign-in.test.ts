import fastify, { type LightMyRequestResponse } from 'fastify'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import { takeForms } from '../../../demo/forms.js'
import { createDirectory } from '../../../demo/issuer/directory.js'
import { createTokens } from '../../../demo/issuer/tokens.js'
import { tokenIn } from '../../../demo/sample/cookie.js'
import { addSignIn } from '../../../demo/sample/sign-in.js'

const page = '/settings/integrations'
const signInPage = '/sign-in'

async function start (t: Test) {
  const directory = createDirectory()
  const tokens = await createTokens({ issuer: 'http://localhost:4003', directory, pictures: 'https://localhost:4002/uploads' })
  const app = fastify()
  t.teardown(() => app.close())
  takeForms(app)
  const accountOf = addSignIn(app, { directory, tokens })
  app.get('/whoami', async (request) => ({ account: await accountOf(request) }))

  const post = (url: string, fields: Record<string, string>, cookie = '') => app.inject({
    method: 'POST',
    url,
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    payload: String(new URLSearchParams(fields)),
  })
  const whoami = (cookie: string) => app.inject({ url: '/whoami', headers: { cookie } })
  const signIn = async (user: string) => cookieOf(await post(signInPage, { user }))
  return { post, whoami, signIn }
}

/** The cookie that an answer sets, as it comes back in the next request. */
function cookieOf ({ headers }: LightMyRequestResponse) {
  return String(headers['set-cookie']).split(';', 1)[0] ?? ''
}

function claimsIn (cookie: string) {
  return decodeJwt(tokenIn(cookie))
}

t.test('who signs in acts for their first company, and can open its vault alone', async (t) => {
  const { post, whoami } = await start(t)
  const answer = await post(signInPage, { user: 'noor' })
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, page)
  t.match(answer.headers['set-cookie'], /^larkspur_token=[\w.-]+; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/)
  const cookie = cookieOf(answer)
  t.match(claimsIn(cookie), { sub: 'noor', org: { id: 'birch' } })
  t.strictSame(claimsIn(cookie)['consumers'], ['birch'])
  t.match((await whoami(cookie)).json(), { account: { user: { id: 'noor' }, company: { id: 'birch' } } })
  t.strictSame((await whoami('')).json(), {})
})

t.test('who switches companies can open the other vault alone', async (t) => {
  const { post, signIn } = await start(t)
  const answer = await post('/company', { company: 'acme' }, await signIn('noor'))
  t.equal(answer.headers.location, page)
  t.match(claimsIn(cookieOf(answer)), { sub: 'noor', org: { id: 'acme' } })
  t.strictSame(claimsIn(cookieOf(answer))['consumers'], ['acme'])
})

t.test('who signs out loses the cookie', async (t) => {
  const { post, signIn } = await start(t)
  const answer = await post('/sign-out', {}, await signIn('ada'))
  t.equal(answer.headers.location, signInPage)
  t.match(answer.headers['set-cookie'], /^larkspur_token=; Max-Age=0;/)
})

const unmoved: Array<[title: string, path: string, fields: Record<string, string>, user: string | undefined, location: string]> = [
  ['a user that there is not', signInPage, { user: 'eve' }, undefined, signInPage],
  ['no user', signInPage, {}, undefined, signInPage],
  ['a company that the user does not work for', '/company', { company: 'birch' }, 'ada', page],
  ['a company, by who is not signed in', '/company', { company: 'acme' }, undefined, page],
]
t.test('a form', async (t) => {
  const { post, signIn } = await start(t)
  for (const [title, path, fields, user, location] of unmoved) {
    t.test(`that names ${title} changes nothing`, async (t) => {
      const answer = await post(path, fields, user && await signIn(user))
      t.equal(answer.statusCode, 303)
      t.equal(answer.headers.location, location)
      t.equal(answer.headers['set-cookie'], undefined)
    })
  }
})

t.test('the script is given a token for all companies, which says the one that its page is of', async (t) => {
  const { post, signIn } = await start(t)
  for (const company of ['birch', 'acme']) {
    const answer = await post('/token', { company }, await signIn('noor'))
    const { access_token: token } = answer.json<{ access_token: string }>()
    t.match(decodeJwt(token), { sub: 'noor', org: { id: company } })
    t.strictSame(decodeJwt(token)['consumers'], ['birch', 'acme'])
  }
})

const refusals: Array<[title: string, user: string | undefined, company: string, status: number, detail: string]> = [
  ['who is not signed in', undefined, 'acme', 401, 'You are signed out, or were signed in for too long.'],
  ['who does not work for the company', 'ada', 'birch', 403, 'Ada Park does not work for this company.'],
]
for (const [title, user, company, status, detail] of refusals) {
  t.test(`the script of one ${title} is given none`, async (t) => {
    const { post, signIn } = await start(t)
    const answer = await post('/token', { company }, user && await signIn(user))
    t.equal(answer.statusCode, status)
    t.strictSame(answer.json(), { status, detail })
  })
}
