/** Who is signed in, and how that changes: by plain forms, which work without JavaScript. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Directory, findCompany, findUser } from '../issuer/directory.js'
import { type Account, LIFETIME_SECONDS, type Tokens } from '../issuer/tokens.js'
import type { Form } from '../forms.js'
import { noCookie, tokenCookie, tokenIn } from './cookie.js'
import { PAGE, SIGN_IN } from './session.js'

interface FormRoute {
  Body?: Form
}

export interface SignInOptions {
  directory: Directory
  tokens: Tokens
}

/** Adds the routes that the forms go to, and returns what tells who has sent a request. */
export function addSignIn (app: FastifyInstance, { directory, tokens }: SignInOptions) {
  function accountOf (request: FastifyRequest) {
    return tokens.verify(tokenIn(request.headers.cookie))
  }

  /** A form sends no header that could choose a company, so the cookie's token opens the vault of one alone. */
  async function enter (reply: FastifyReply, { user, company }: Account) {
    const token = await tokens.sign({ user, company, opens: [company] })
    return reply.header('set-cookie', tokenCookie(token, LIFETIME_SECONDS)).redirect(PAGE, 303)
  }

  app.post<FormRoute>(SIGN_IN, async ({ body }, reply) => {
    const user = findUser(directory, body?.['user'])
    if (user === undefined) return reply.redirect(SIGN_IN, 303)
    return enter(reply, { user, company: user.companies[0] })
  })

  app.post('/sign-out', async (_request, reply) => {
    return reply.header('set-cookie', noCookie()).redirect(SIGN_IN, 303)
  })

  app.post<FormRoute>('/company', async (request, reply) => {
    const account = await accountOf(request)
    const company = account && findCompany(account.user, request.body?.['company'])
    return account && company ? enter(reply, { ...account, company }) : reply.redirect(PAGE, 303)
  })

  /** For the page's script, which can send a header: a token for all of the user's companies. */
  app.post<FormRoute>('/token', async (request, reply) => {
    const account = await accountOf(request)
    if (account === undefined) {
      return reply.code(401).send({ status: 401, detail: 'You are signed out, or were signed in for too long.' })
    }
    const { user } = account
    const company = findCompany(user, request.body?.['company'])
    if (company === undefined) return reply.code(403).send({ status: 403, detail: `${user.name} does not work for this company.` })
    return { access_token: await tokens.sign({ user, company, opens: user.companies }) }
  })

  return accountOf
}
