import { errors, jwtVerify, type CryptoKey, type FlattenedJWSInput, type JWSHeaderParameters, type JWTPayload } from 'jose'
import { BrokerError } from '../errors.js'
import { claimAt } from '../schemas/claims.js'
import { isConsumerId } from '../schemas/consumer.js'
import type { Identity } from './identity.js'
import { findCredential, type TokenPlaces } from './token.js'

/** Which tokens are accepted. */
export interface JwtOptions extends TokenPlaces {
  issuer: string
  audience: string
  /** Of signatures. None of them symmetric: the issuer's keys are public. */
  algorithms: readonly string[]
  /** The claim that holds the consumer ID, or an array of them. */
  consumerClaim: string
  keys: IssuerKeys
}

/** The keys of the issuer. */
export interface IssuerKeys {
  /**
   * The key that a token names.
   *
   * @throws BrokerError `identity_unavailable` where the keys cannot be had; jose's errors where the token is to blame
   */
  find (header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey>
  close (): Promise<void>
}

/** How far the issuer's clock and ours may be apart, in seconds. */
const CLOCK_TOLERANCE = 10

/** The longest `sub` that is taken down (OpenID Connect Core, section 2), in characters. */
const MAX_SUBJECT_LENGTH = 255

/** `IDENTITY=jwt`: the consumer is what a verified token says (RFC 7519; challenges as RFC 6750 has them). */
export function createJwtIdentity ({ issuer, audience, algorithms, consumerClaim, keys, ...places }: JwtOptions): Identity {
  async function verify (token: string): Promise<JWTPayload> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, (header, input) => keys.find(header, input), {
        issuer,
        audience,
        algorithms: [...algorithms],
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE,
      })
      if (!mayBeAccessToken(protectedHeader.typ)) throw invalidToken('typ')
      return payload
    } catch (error) {
      // Whatever else is thrown is about this token, if only that it names a key which is of no use.
      throw error instanceof BrokerError ? error : refusal(error)
    }
  }

  /** The consumers that a token entitles to. One that is no consumer ID spoils them all. */
  function consumersIn (claims: JWTPayload): string[] {
    const value = claimAt(claims, consumerClaim)
    const consumers: unknown[] = Array.isArray(value) ? value : [value]
    if (!consumers.every((consumer) => typeof consumer === 'string' && isConsumerId(consumer))) {
      throw invalidToken('consumer_claim', `The token has no consumer ID in the claim ${consumerClaim}.`)
    }
    return [...new Set(consumers)] as string[]
  }

  return {
    isSentByBrowser: (evidence) => findCredential(evidence, places)?.isSentByBrowser === true,
    async identify (evidence) {
      const credential = findCredential(evidence, places)
      if (credential === undefined) throw unauthenticated('no_credential')
      if (credential.token === undefined) throw unauthenticated('not_a_token')
      const claims = await verify(credential.token)
      const { sub } = claims
      return {
        entitledTo: consumersIn(claims),
        issuer,
        ...(typeof sub === 'string' && sub.length <= MAX_SUBJECT_LENGTH ? { subject: sub } : {}),
        claims,
      }
    },
    close: () => keys.close(),
  }
}

/** Not the type of another kind of token, such as a logout's (RFC 8725, section 3.11). Many issuers say `JWT`, or nothing. */
function mayBeAccessToken (typ: string | undefined): boolean {
  return typ === undefined || /^(?:application\/)?(?:at\+)?jwt$/i.test(typ)
}

function refusal (error: unknown): BrokerError {
  if (error instanceof errors.JWTExpired) return invalidToken('expired', 'The token has expired.')
  if (error instanceof errors.JWTClaimValidationFailed) return invalidToken(`claim_${error.claim}`)
  return invalidToken(error instanceof errors.JOSEError ? error.code : 'unusable_key')
}

/** RFC 6750, section 3.1. */
function invalidToken (failure: string, description = 'The token is not one that is accepted here.'): BrokerError {
  return unauthenticated(failure, ', error="invalid_token"', description)
}

function unauthenticated (failure: string, error = '', detail?: string): BrokerError {
  const description = detail === undefined ? '' : `, error_description="${detail.replaceAll(/["\\]|[^\x20-\x7e]/g, '')}"`
  return new BrokerError('unauthenticated', {
    headers: { 'www-authenticate': `Bearer realm="vault-session-broker"${error}${description}` },
    facts: { identity_failure: failure },
    ...(detail === undefined ? {} : { detail }),
  })
}
