/** A small product whose users sign in and connect their tools through the broker, from one settings page. */
import fastify from 'fastify'
import { readAsset } from '../assets.js'
import { takeForms } from '../forms.js'
import { type Directory, anothersCompany } from '../issuer/directory.js'
import type { Tokens } from '../issuer/tokens.js'
import { integrationsPage } from './integrations-page.js'
import type { Return } from './notice.js'
import { takeOwnForms } from './own-forms.js'
import { PAGE, type SampleOrigins, SIGN_IN } from './session.js'
import { signInPage } from './sign-in-page.js'
import { addSignIn } from './sign-in.js'

const assets = [
  ['sample', 'css'], ['account', 'css'], ['sign-in', 'css'],
  ['sample', 'js'], ['broker', 'js'], ['button', 'js'], ['problem', 'js'],
  ['larkspur', 'svg'], ['ada-park', 'svg'], ['noor-haddad', 'svg'],
] as const

export interface SampleOptions {
  origins: SampleOrigins
  directory: Directory
  tokens: Tokens
}

export function createSample ({ origins, directory, tokens }: SampleOptions) {
  const app = fastify({ forceCloseConnections: true })

  const policy = [
    'default-src \'none\'',
    'script-src \'self\'',
    'style-src \'self\'',
    'img-src \'self\'',
    `connect-src 'self' ${origins.broker}`,
    // The vault too: browsers hold a form's redirect to this list as well.
    `form-action 'self' ${origins.broker} ${origins.vault}`,
    'base-uri \'none\'',
    'frame-ancestors \'none\'',
  ].join('; ')

  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      // A page shows who is signed in: going back must not show it to whoever comes next.
      'cache-control': 'no-store',
      'content-security-policy': policy,
      // With `no-referrer` the browser would send the form with `Origin: null`.
      'referrer-policy': 'strict-origin-when-cross-origin',
      'x-content-type-options': 'nosniff',
    })
  })
  takeOwnForms(app, origins.sample)
  takeForms(app)
  const accountOf = addSignIn(app, { directory, tokens })

  for (const [name, extension] of assets) {
    const { type, body } = readAsset(`sample/public/${name}`, extension)
    app.get(`/assets/${name}.${extension}`, async (_request, reply) => {
      return reply.header('cache-control', 'no-cache').type(type).send(body)
    })
  }

  app.get('/', async (_request, reply) => reply.redirect(PAGE))

  app.get(SIGN_IN, async (_request, reply) => {
    return reply.type('text/html; charset=utf-8').send(signInPage(directory.users).text)
  })

  app.get<{ Querystring: Return }>(PAGE, async (request, reply) => {
    const account = await accountOf(request)
    if (account === undefined) return reply.redirect(SIGN_IN)
    const another = anothersCompany(directory, account.user)
    const page = integrationsPage({ origins, account, another, query: request.query })
    return reply.type('text/html; charset=utf-8').send(page.text)
  })

  return app
}
