/** The tokens that say who is signed in, signed with a key that lives as long as the issuer. */
import { SignJWT, type JSONWebKeySet, calculateJwkThumbprint, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { type Company, type Directory, type User, findCompany, findUser } from './directory.js'

/** Whom every token is for: Larkspur, and the broker that serves it. */
export const AUDIENCE = 'larkspur'

/** The claim with the consumers whose vaults a token opens, always an array. */
export const CONSUMER_CLAIM = 'consumers'

export const LIFETIME_SECONDS = 15 * 60

const ALGORITHM = 'ES256'

/** A user, and the company that they act for at the moment. */
export interface Account {
  user: User
  company: Company
}

export interface Grant {
  user: User
  /** The company that the user acts for, if that is known: the vault greets them in its name. */
  company?: Company | undefined
  /** The companies whose vaults the token opens. */
  opens: readonly Company[]
}

export interface Tokens {
  sign: (grant: Grant) => Promise<string>
  /** Who holds a token; `undefined` where it has expired, was not signed here or does not say for whom the user acts. */
  verify: (token: string) => Promise<Account | undefined>
  /** The public key, as it is published. */
  keySet: JSONWebKeySet
}

export interface TokenOptions {
  issuer: string
  directory: Directory
  /** The URL of the folder with the users' pictures, which must be https for a vault to show them. */
  pictures: string
  now?: () => Date
}

export async function createTokens ({ issuer, directory, pictures, now = () => new Date() }: TokenOptions): Promise<Tokens> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM)
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)

  return {
    sign ({ user, company, opens }) {
      const issuedAt = Math.floor(now().getTime() / 1000)
      return new SignJWT({
        name: user.name,
        email: user.email,
        picture: `${pictures}/${user.picture}.svg`,
        ...(company && { org: { id: company.id, name: company.name } }),
        [CONSUMER_CLAIM]: opens.map(({ consumerId }) => consumerId),
      })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid })
        .setIssuer(issuer)
        .setAudience(AUDIENCE)
        .setSubject(user.id)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + LIFETIME_SECONDS)
        .sign(privateKey)
    },
    async verify (token) {
      try {
        const options = { issuer, audience: AUDIENCE, algorithms: [ALGORITHM], currentDate: now() }
        const { payload: { sub, org } } = await jwtVerify<{ org?: { id: string } }>(token, publicKey, options)
        const user = findUser(directory, sub)
        const company = user && findCompany(user, org?.id)
        return user && company && { user, company }
      } catch {
        return undefined
      }
    },
    keySet: { keys: [{ ...jwk, kid, alg: ALGORITHM, use: 'sig' }] },
  }
}
