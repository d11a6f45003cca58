/** The tokens that carry a session to the vault page, signed with a key that lives as long as the stand-in. */
import { randomBytes } from 'node:crypto'
import { type JWTPayload, SignJWT, jwtVerify } from 'jose'
import type { Session } from './session-schema.js'

export interface SessionClaims extends Session {
  consumer_id: string
  application_id: string
  scopes: string[]
}

export type VerifiedClaims = SessionClaims & { iat: number, exp: number }

export type Clock = () => Date

export interface Tokens {
  mint: (claims: SessionClaims, lifetimeSeconds: number) => Promise<string>
  /** Rejects with jose's errors, `JWTExpired` among them. */
  verify: (token: string) => Promise<VerifiedClaims>
}

export function createTokens (now: Clock): Tokens {
  const key = randomBytes(32)
  return {
    mint (claims, lifetimeSeconds) {
      const issuedAt = Math.floor(now().getTime() / 1000)
      return new SignJWT({ ...claims } satisfies JWTPayload)
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(key)
    },
    async verify (token) {
      const { payload } = await jwtVerify<VerifiedClaims>(token, key, { algorithms: ['HS256'], currentDate: now() })
      return payload
    },
  }
}
