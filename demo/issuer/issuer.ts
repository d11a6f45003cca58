/**
 * A stand-in for an OpenID provider, as far as the broker sees one: its discovery document and its keys. Beside them, a
 * token for whoever asks: there are no passwords here.
 */
import fastify from 'fastify'
import { type Form, takeForms } from '../forms.js'
import { type Directory, findCompany, findUser } from './directory.js'
import type { Tokens } from './tokens.js'

export interface IssuerOptions {
  origin: string
  directory: Directory
  tokens: Tokens
}

export function createIssuer ({ origin, directory, tokens }: IssuerOptions) {
  const app = fastify({ forceCloseConnections: true })
  takeForms(app)

  app.get('/.well-known/openid-configuration', async () => ({
    issuer: origin,
    jwks_uri: `${origin}/jwks`,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  }))

  app.get('/jwks', async () => tokens.keySet)

  /** As text, for a shell: a token for one company of the user's, or for all of them. */
  app.post<{ Body?: Form }>('/token', async ({ body }, reply) => {
    reply.header('cache-control', 'no-store').type('text/plain; charset=utf-8')
    const user = findUser(directory, body?.['user'])
    if (user === undefined) return reply.code(400).send(`user must be one of ${idsOf(directory.users)}\n`)

    const wanted = findCompany(user, body?.['company'])
    if (wanted === undefined && body?.['company'] !== undefined) {
      return reply.code(400).send(`company must be one of ${idsOf(user.companies)}\n`)
    }
    const opens = wanted ? [wanted] : user.companies
    // Where it opens several vaults, each request chooses one, and the token cannot know which.
    const company = opens.length === 1 ? opens[0] : undefined
    return `${await tokens.sign({ user, company, opens })}\n`
  })

  return app
}

function idsOf (list: ReadonlyArray<{ id: string }>) {
  return list.map(({ id }) => id).join(', ')
}
