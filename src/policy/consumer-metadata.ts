import { Ajv } from 'ajv'
import { claimAt, type Claims } from '../schemas/claims.js'
import type { SessionPolicy } from '../schemas/policy.js'
import { ConsumerMetadataSchema, type Session } from '../schemas/session.js'
import { strictOptions, vocabulary } from '../schemas/vocabulary.js'

/** Who the consumer is, as the vault shows it. */
export type ConsumerMetadata = NonNullable<Session['consumer_metadata']>

const ajv = new Ajv({ ...strictOptions, ...vocabulary })
const { properties } = ConsumerMetadataSchema

/** What verified claims tell of the consumer, and the claims that should have told more. */
export interface ToldMetadata {
  metadata: ConsumerMetadata
  /** The names of claims that are missing or do not fit their field. */
  misfits: string[]
}

/** `consumer_metadata` from verified claims, by the operator's map from field to claim. */
export function metadataFrom (claims: Claims, map: SessionPolicy['consumer_metadata_claims'] = {}): ToldMetadata {
  const told = (Object.entries(map) as Array<[keyof typeof properties, string]>).map(([field, name]) => ({ field, name, value: claimAt(claims, name) }))
  // Each schema is compiled as it is first asked about.
  const isFit = ({ field, value }: typeof told[number]) => ajv.validate(properties[field], value)
  return {
    metadata: Object.fromEntries(told.filter(isFit).map(({ field, value }) => [field, value])),
    misfits: told.filter((claim) => !isFit(claim)).map(({ name }) => name),
  }
}
