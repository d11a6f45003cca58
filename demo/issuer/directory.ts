/** Who there is in the demo: three companies, each a consumer of Apideck's, and two users of the product. */

export interface Company {
  id: string
  name: string
  /** Whose vault it is, as Apideck and the broker know it. */
  consumerId: string
}

export interface User {
  id: string
  name: string
  email: string
  /** The file of the picture, without its extension. */
  picture: string
  /** Those that the user works for; the first is the one to begin with. */
  companies: readonly [Company, ...Company[]]
}

export interface Directory {
  companies: readonly Company[]
  users: readonly User[]
}

export const ACME_CONSUMER = 'acme'

/**
 * The directory, with a consumer ID for Acme Studio that may be one of those that make the stand-in misbehave.
 *
 * @throws Error where that is another company's: nobody could tell the two apart any more
 */
export function createDirectory (acmeConsumer = ACME_CONSUMER): Directory {
  const acme = { id: 'acme', name: 'Acme Studio', consumerId: acmeConsumer }
  const birch = { id: 'birch', name: 'Birch & Bay', consumerId: 'birch' }
  const cedar = { id: 'cedar', name: 'Cedar Works', consumerId: 'cedar' }
  for (const { name, consumerId } of [birch, cedar]) {
    if (consumerId === acmeConsumer) throw new Error(`${consumerId} is the consumer of ${name}: Acme Studio needs another`)
  }
  return {
    companies: [acme, birch, cedar],
    users: [
      { id: 'ada', name: 'Ada Park', email: 'ada@acme.example', picture: 'ada-park', companies: [acme] },
      { id: 'noor', name: 'Noor Haddad', email: 'noor@birch.example', picture: 'noor-haddad', companies: [birch, acme] },
    ],
  }
}

export function findUser ({ users }: Directory, id: unknown): User | undefined {
  return users.find((user) => user.id === id)
}

/** A company that the user works for. */
export function findCompany ({ companies }: User, id: unknown): Company | undefined {
  return companies.find((company) => company.id === id)
}

/** A company that the user does not work for. */
export function anothersCompany ({ companies }: Directory, user: User): Company | undefined {
  return companies.find((company) => !user.companies.includes(company))
}
